// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A link under test, with short methods for common steps. */
public final class LinkProbe implements AutoCloseable {

    public static final Script COUNT = Script.of("count", "return {'n', redis.call('INCR', KEYS[1])}");

    public final RedisLink link;
    public final List<String> lost = new CopyOnWriteArrayList<>();
    public final List<Duration> regained = new CopyOnWriteArrayList<>();

    public LinkProbe(RedisSettings settings) {
        link = RedisLink.to(settings);
        link.addOutageListener(new OutageListener() {
            @Override
            public void lost(String reason) {
                lost.add(reason);
            }

            @Override
            public void regained(Duration outage) {
                regained.add(outage);
            }
        });
    }

    public static LinkProbe to(String url, String... namesAndValues) {
        return new LinkProbe(settings(url, namesAndValues));
    }

    /** Returns a link with {@link #patientSettings}. */
    public static LinkProbe patient(String url, String... namesAndValues) {
        return new LinkProbe(patientSettings(url, namesAndValues));
    }

    /** Returns settings with longer timeouts than even a busy machine needs, for tests in which time does not matter. */
    public static RedisSettings patientSettings(String url, String... namesAndValues) {
        var patience = Stream.of(
                "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_TLS_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000");
        return settings(url, Stream.concat(patience, Stream.of(namesAndValues)).toArray(String[]::new));
    }

    /** Loads the classes of a connection, which takes seconds on a busy machine, before a test measures time. */
    public static void warmUp(RedisProcess redis) {
        try (var first = patient(redis.url())) {
            Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> first.count("first") instanceof Reply.Answered);
        }
    }

    public static RedisSettings settings(String url, String... namesAndValues) {
        var environment = new HashMap<>(Map.of("REDIS_URL", url));
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return RedisSettings.fromEnvironment(environment);
    }

    public static LinkProbe to(String host, int port, String... namesAndValues) {
        return to("redis://" + host + ":" + port, namesAndValues);
    }

    public Deadline deadline() {
        return Deadline.in(link.settings().decisionBudget());
    }

    /** Increments a counter by script. */
    public Reply<List<Object>> count(String key) {
        return count(key, deadline());
    }

    public Reply<List<Object>> count(String key, Deadline deadline) {
        return await(link.run(ScriptCall.of(COUNT).key(key), deadline)).map(ScriptReply::values);
    }

    public Reply<String> ping() {
        return await(link.call(redis -> redis.ping(), deadline()));
    }

    public boolean isAnswered() {
        return ping() instanceof Reply.Answered;
    }

    public <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        return join(stage);
    }

    /** Waits far longer than every deadline; a stage that takes longer hangs. */
    public static <T extends @Nullable Object> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .copy()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        link.close();
    }
}
