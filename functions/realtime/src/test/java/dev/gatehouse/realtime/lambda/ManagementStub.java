// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.testkit.aws.SignatureVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stand-in for the management API of API Gateway. Verifies each signature, answers with the
 * statuses that were set, 200 by default, and records the messages that it accepted.
 */
final class ManagementStub implements AutoCloseable {

    /** A status that never comes. */
    static final int HANG = -1;

    static final Map<String, String> CREDENTIALS = SignatureVerifier.CREDENTIALS;

    private static final String PATH = "/live/%40connections/";
    private static final SignatureVerifier SIGNATURES = new SignatureVerifier("eu-central-1", "execute-api");

    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Deque<Integer>> statuses = new ConcurrentHashMap<>();
    private final Map<String, List<String>> accepted = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    final AtomicInteger mostAtOnce = new AtomicInteger();

    /** The time that each response takes in milliseconds. */
    volatile long delayMillis;

    private ManagementStub(HttpServer server) {
        this.server = server;
    }

    static ManagementStub start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
            var stub = new ManagementStub(server);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", stub::handle);
            server.start();
            return stub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/live";
    }

    /** Returns a client with the credentials of this stub. */
    static ManagementClient client() {
        return new ManagementClient(AwsIdentity.of(CREDENTIALS), "eu-central-1");
    }

    /** Sets the statuses of the next requests for a connection; the last one stays. */
    void respond(String connectionId, Integer... next) {
        statuses.put(connectionId, new ArrayDeque<>(List.of(next)));
    }

    /** Returns the messages that a client got, in order. */
    List<String> messages(String connectionId) {
        return List.copyOf(accepted.getOrDefault(connectionId, List.of()));
    }

    int attempts(String connectionId) {
        return attempts.getOrDefault(connectionId, new AtomicInteger()).get();
    }

    void forget() {
        accepted.clear();
        attempts.clear();
        problems.clear();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            mostAtOnce.accumulateAndGet(open.incrementAndGet(), Math::max);
            var body = exchange.getRequestBody().readAllBytes();
            var path = exchange.getRequestURI().getRawPath();
            var problem = problem(exchange, path, body);
            if (problem != null) {
                problems.add(problem);
                exchange.sendResponseHeaders(403, -1);
                return;
            }
            var connectionId = URLDecoder.decode(path.substring(PATH.length()), StandardCharsets.US_ASCII);
            attempts.computeIfAbsent(connectionId, _ -> new AtomicInteger()).incrementAndGet();
            int status = status(connectionId);
            if (status == HANG) {
                closed.await();
                return;
            }
            if (delayMillis > 0) {
                Thread.sleep(delayMillis);
            }
            if (status == 200) {
                accepted.computeIfAbsent(
                                connectionId, _ -> java.util.Collections.synchronizedList(new java.util.ArrayList<>()))
                        .add(new String(body, StandardCharsets.UTF_8));
            }
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.decrementAndGet();
        }
    }

    private int status(String connectionId) {
        var next = statuses.get(connectionId);
        if (next == null) {
            return 200;
        }
        synchronized (next) {
            return next.size() > 1 ? next.remove() : next.element();
        }
    }

    private static String problem(HttpExchange exchange, String path, byte[] body) {
        if (!exchange.getRequestMethod().equals("POST") || !path.startsWith(PATH)) {
            return "no post to a connection";
        }
        if (body.length > 128 * 1024) {
            return "too large";
        }
        return SIGNATURES.problem(exchange, body).orElse(null);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
