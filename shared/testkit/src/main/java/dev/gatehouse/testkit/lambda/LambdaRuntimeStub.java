// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import dev.gatehouse.testkit.process.LoopbackPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A stub of the Lambda Runtime API on 127.0.0.1: the routes that a runtime client calls, and a method that sends
 * events. It adds little time to a measurement. Several threads may send events; a function that requests one event at
 * a time gets one at a time.
 */
public final class LambdaRuntimeStub implements AutoCloseable {

    /** The way in which an invocation ended. */
    public enum Ending {
        /** The handler returned. */
        RESPONSE,
        /** The handler threw, the function's start failed, or its process ended. */
        ERROR,
        /** The invocation exceeded its timeout. Lambda would end the process; the stub rejects a late response. */
        TIMEOUT
    }

    /**
     * The outcome of an invocation.
     *
     * @param requestId the request id
     * @param ending the way in which it ended
     * @param body the response, the JSON of the error, or nothing after a timeout
     * @param latencyNanos the time from sending the event to reading the response, without the wait for a function that
     *     is not ready
     */
    public record Result(String requestId, Ending ending, String body, long latencyNanos) {

        /**
         * Returns the response.
         *
         * @throws IllegalStateException if there was none
         */
        public String response() {
            if (ending != Ending.RESPONSE) {
                throw new IllegalStateException("%s after %d us: %s".formatted(ending, latencyNanos / 1000, body));
            }
            return body;
        }
    }

    private record Posted(Ending ending, String body, long nanoTime) {}

    private static final String ROOT = "/2018-06-01/runtime/";
    private static final String INVOCATION = ROOT + "invocation/";
    private static final String ARN = "arn:aws:lambda:eu-central-1:000000000000:function:gatehouse-test";
    private static final Posted NOTHING = new Posted(Ending.TIMEOUT, "", 0);
    private static final byte[] OK = "{\"status\":\"OK\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] UNKNOWN = "{\"errorType\":\"InvalidRequestID\",\"errorMessage\":\"Invalid request ID\"}"
            .getBytes(StandardCharsets.UTF_8);

    private final LoopbackPort port = LoopbackPort.free();
    private final ServerSocket listener;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<HttpConnection> askingForRestore = new CompletableFuture<>();
    private final LinkedBlockingQueue<HttpConnection> askingForNext = new LinkedBlockingQueue<>();
    private final Map<String, CompletableFuture<Posted>> invocations = new ConcurrentHashMap<>();
    private final CompletableFuture<Posted> initError = new CompletableFuture<>();
    private final CompletableFuture<Posted> end = new CompletableFuture<>();

    private LambdaRuntimeStub() throws IOException {
        listener = port.listen();
        Thread.ofPlatform().daemon().name("lambda-runtime-acceptor").start(this::acceptUntilClosed);
    }

    /** Listens on a free port. */
    public static LambdaRuntimeStub start() {
        try {
            return new LambdaRuntimeStub();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns {@code host:port}, the value of {@code AWS_LAMBDA_RUNTIME_API}. */
    public String address() {
        return LoopbackPort.HOST + ":" + port.number();
    }

    /** Returns whether a function is waiting for an event. */
    public boolean isAwaited() {
        return !askingForNext.isEmpty();
    }

    /** Returns whether a function that was started for a snapshot is ready for it. */
    public boolean isReadyForSnapshot() {
        return askingForRestore.isDone();
    }

    /** Lets the function continue as if started from its snapshot. Works once, because the process stays the same. */
    public void restore() {
        try {
            askingForRestore.copy().orTimeout(1, TimeUnit.MINUTES).join().respond("200 OK", Map.of(), OK);
        } catch (IOException e) {
            throw new UncheckedIOException("the function has gone", e);
        }
    }

    /** Returns the error of a failed start, or of a failed restore, in JSON. */
    public Optional<String> initError() {
        return initError.isDone() ? Optional.of(initError.join().body()) : Optional.empty();
    }

    /**
     * Sends the function an event, once it has started, and waits for the result.
     *
     * @param event the event in JSON
     * @param timeout the timeout of the function from the receipt of the event, which is also its deadline; a function
     *     that is not ready has the same time to start
     */
    public Result invoke(String event, Duration timeout) {
        var id = UUID.randomUUID().toString();
        var posted = new CompletableFuture<Posted>();
        invocations.put(id, posted);
        var sent = System.nanoTime();
        try {
            var function = awaitFunction(System.nanoTime() + timeout.toNanos());
            if (function == null) {
                return new Result(
                        id,
                        end.isDone() ? Ending.ERROR : Ending.TIMEOUT,
                        end.getNow(NOTHING).body(),
                        0);
            }
            sent = System.nanoTime();
            var deadlineMillis = System.currentTimeMillis() + timeout.toMillis();
            function.respond("200 OK", headers(id, deadlineMillis), event.getBytes(StandardCharsets.UTF_8));
            var outcome = posted.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return new Result(id, outcome.ending(), outcome.body(), outcome.nanoTime() - sent);
        } catch (TimeoutException e) {
            return new Result(id, Ending.TIMEOUT, "", System.nanoTime() - sent);
        } catch (IOException e) {
            throw new UncheckedIOException("the function has gone", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            invocations.remove(id);
        }
    }

    /**
     * Reports that the process of the function has ended. Current and later invocations end with an error, as on
     * Lambda.
     */
    public void functionExited() {
        var error = "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"the process of the function has ended\"}";
        endAll(new Posted(Ending.ERROR, error, System.nanoTime()));
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        try {
            listener.close();
            for (var connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void endAll(Posted error) {
        end.complete(error);
        invocations.values().forEach(invocation -> invocation.complete(error));
    }

    /**
     * Returns a connection on which a function requests an event; null if none does in time, or the process has ended.
     */
    private HttpConnection awaitFunction(long deadline) throws InterruptedException {
        var look = TimeUnit.MILLISECONDS.toNanos(20);
        while (!end.isDone() && deadline - System.nanoTime() > 0) {
            var function = askingForNext.poll(Math.min(look, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (function != null && connections.contains(function)) {
                return function;
            }
        }
        return null;
    }

    private static Map<String, String> headers(String id, long deadlineMillis) {
        var trace = id.replace("-", "");
        return Map.of(
                "Lambda-Runtime-Aws-Request-Id",
                id,
                "Lambda-Runtime-Deadline-Ms",
                Long.toString(deadlineMillis),
                "Lambda-Runtime-Invoked-Function-Arn",
                ARN,
                "Lambda-Runtime-Trace-Id",
                "Root=1-%s-%s;Sampled=0".formatted(trace.substring(0, 8), trace.substring(8)));
    }

    private void acceptUntilClosed() {
        while (true) {
            try {
                var socket = listener.accept();
                Thread.ofPlatform().daemon().name("lambda-runtime").start(() -> serve(socket));
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (var connection = new HttpConnection(socket)) {
            connections.add(connection);
            try {
                if (listener.isClosed()) {
                    return; // The server may accept one more connection while it closes.
                }
                for (var request = connection.next(); request != null; request = connection.next()) {
                    answer(request, connection);
                }
            } finally {
                connections.remove(connection);
            }
        } catch (IOException e) {
            // The function has ended, or the stub is closed: a current invocation ends with its timeout.
        }
    }

    private void answer(HttpConnection.Request request, HttpConnection connection) throws IOException {
        var path = request.path();
        if (request.method().equals("GET") && path.equals(INVOCATION + "next")) {
            askingForNext.add(connection);
        } else if (request.method().equals("GET") && path.equals(ROOT + "restore/next")) {
            askingForRestore.complete(connection);
        } else if (request.method().equals("POST")
                && (path.equals(ROOT + "init/error") || path.equals(ROOT + "restore/error"))) {
            var error = new Posted(Ending.ERROR, request.text(), System.nanoTime());
            initError.complete(error);
            endAll(error);
            connection.respond("202 Accepted", Map.of(), OK);
        } else if (request.method().equals("POST") && path.startsWith(INVOCATION) && path.endsWith("/response")) {
            take(path, new Posted(Ending.RESPONSE, request.text(), System.nanoTime()), connection);
        } else if (request.method().equals("POST") && path.startsWith(INVOCATION) && path.endsWith("/error")) {
            take(path, new Posted(Ending.ERROR, request.text(), System.nanoTime()), connection);
        } else {
            connection.respond("404 Not Found", Map.of(), OK);
        }
    }

    /** Accepts the outcome of an invocation. Rejects one after its timeout, as Lambda does. */
    private void take(String path, Posted posted, HttpConnection connection) throws IOException {
        var id = path.substring(INVOCATION.length(), path.lastIndexOf('/'));
        var invocation = invocations.remove(id);
        if (invocation == null) {
            connection.respond("400 Bad Request", Map.of(), UNKNOWN);
            return;
        }
        connection.respond("202 Accepted", Map.of(), OK);
        invocation.complete(posted);
    }
}
