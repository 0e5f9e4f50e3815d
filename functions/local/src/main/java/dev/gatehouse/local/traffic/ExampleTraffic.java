// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.traffic;

import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests of a small shop to a local run, one at a time and up to about 50 a second, until it is closed: it limits its
 * visitors, takes each order once, caches pages, and runs jobs.
 */
public final class ExampleTraffic implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExampleTraffic.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final List<String> VISITORS = List.of("ada", "grace", "linus", "margaret");
    private static final int PAGES = 12;

    /** The number of pauses after which the traffic changes, and the number of its levels. */
    private static final int PERIOD = 50;

    private static final int LEVELS = 3;

    private final URI server;
    private final String key;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final JsonMapper json = JsonMapper.createDefault();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("gatehouse-traffic").factory());
    private int pauses;
    private int visits;

    private ExampleTraffic(URI server, String key) {
        this.server = server;
        this.key = key;
    }

    /** Starts to send requests to {@code server} with an API key. */
    public static ExampleTraffic start(URI server, String key) {
        var traffic = new ExampleTraffic(server, key);
        var _ = traffic.timer.scheduleWithFixedDelay(traffic::visitAll, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        return traffic;
    }

    /** Never throws, since the timer would end. */
    private void visitAll() {
        try {
            int level = pauses++ / PERIOD % LEVELS;
            for (int i = 0; i <= level; i++) {
                visit(visits++);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.debug("A request of the example traffic failed", e);
        }
    }

    private void visit(int visit) throws IOException, InterruptedException {
        var visitor = VISITORS.get(visit % VISITORS.size());
        post("/v1/rate-limits/check", """
                {"limits": [{"name": "visits", "subject": "%s", "limit": 20, "windowSeconds": 10}]}""".formatted(visitor));
        readPage("page-" + visit % PAGES);
        if (visit % 4 == 0) {
            // Each order arrives twice, as a retry would.
            order("order-" + visit / 8);
        }
        if (visit % 10 == 0) {
            post("/v1/jobs/enqueue", """
                    {"queue": "mails", "id": "mail-%d", "payload": {"to": "%s"}}""".formatted(visit, visitor));
        }
        if (visit % 15 == 0) {
            sendMails();
        }
    }

    private void readPage(String page) throws IOException, InterruptedException {
        var entries = list(post("/v1/cache/lookup", "{\"entries\": [{\"key\": \"" + page + "\"}]}"), "entries");
        if (!entries.isEmpty() && entries.getFirst().get("lease") instanceof Map<?, ?> lease) {
            post("/v1/cache/fill", """
                    {"key": "%s", "owner": "%s", "value": "A page", "freshSeconds": 5, "staleSeconds": 30}""".formatted(page, lease.get("owner")));
        }
    }

    private void order(String order) throws IOException, InterruptedException {
        if (post("/v1/idempotency/claims", "{\"key\": \"" + order + "\", \"ttlSeconds\": 600}")
                        .get("owner")
                instanceof String owner) {
            post("/v1/idempotency/claims/complete", """
                    {"key": "%s", "owner": "%s", "response": {"status": 201, "body": "taken"}}""".formatted(order, owner));
        }
    }

    private void sendMails() throws IOException, InterruptedException {
        for (var job : list(post("/v1/jobs/take", "{\"queue\": \"mails\", \"max\": 10}"), "jobs")) {
            post("/v1/jobs/complete", """
                    {"queue": "mails", "id": "%s", "lease": "%s"}""".formatted(job.get("id"), job.get("lease")));
        }
    }

    private Map<String, Object> post(String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(TIMEOUT)
                .header("X-Api-Key", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        var response = client.send(request, BodyHandlers.ofByteArray()).body();
        return response.length == 0 ? Map.of() : json.readValue(response, Argument.mapOf(String.class, Object.class));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> response, String member) {
        return response.get(member) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        client.shutdownNow();
    }
}
