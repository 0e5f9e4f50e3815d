// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A target on loopback, which replies to each job as a test has set. */
public final class FakeTarget implements AutoCloseable {

    /** A received request. */
    public record Received(Map<String, List<String>> headers, byte[] bytes) {

        public String header(String name) {
            return headers.get(name).getFirst();
        }

        public String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Replies to a request. */
    @FunctionalInterface
    public interface Responder {

        void respond(HttpExchange exchange) throws IOException;
    }

    /** Returns the reason to refuse a request, if there is one. */
    @FunctionalInterface
    interface Verifier {

        Optional<String> problem(HttpExchange exchange, Received request);
    }

    /** The reasons why requests were refused. */
    public final List<String> problems = new CopyOnWriteArrayList<>();

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Map<String, Responder> responders = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final Verifier verifier;
    private final Responder otherwise;

    public FakeTarget() {
        this((_, _) -> Optional.empty(), status(204));
    }

    /** @param otherwise replies to the jobs for which nothing else is set */
    FakeTarget(Verifier verifier, Responder otherwise) {
        this.verifier = verifier;
        this.otherwise = otherwise;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = new Received(
                    Map.copyOf(exchange.getRequestHeaders()),
                    exchange.getRequestBody().readAllBytes());
            var problem = verifier.problem(exchange, request);
            if (problem.isPresent()) {
                problems.add(problem.get());
                exchange.sendResponseHeaders(403, -1);
                return;
            }
            received.add(request);
            responders.entrySet().stream()
                    .filter(entry -> request.body().contains("\"id\":\"" + entry.getKey() + "\""))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(otherwise)
                    .respond(exchange);
        }
    }

    /** Sets the reply to the job {@code id}. Others get 204, or that of the constructor. */
    public void reply(String id, Responder responder) {
        responders.put(id, responder);
    }

    /** Returns a responder with a status and no body. */
    public static Responder status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    /** Returns a responder that sends nothing until the target is closed. */
    public Responder hanging() {
        return _ -> await();
    }

    private void await() {
        try {
            closed.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns a responder whose body has no end until the target is closed. */
    public Responder endless(int status) {
        return exchange -> {
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            await();
        };
    }

    public URI url() {
        return URI.create(origin() + "/work");
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
