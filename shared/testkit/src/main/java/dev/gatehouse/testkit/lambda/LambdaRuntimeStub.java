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
 * The Lambda Runtime API on 127.0.0.1: the routes that a function's runtime client calls, and a way to hand it
 * events. It does little and does it fast, so that what is measured is the function. Events may be handed in from
 * several threads; a function that requests one event at a time gets one at a time.
 */
public final class LambdaRuntimeStub implements AutoCloseable {

    /** How an invocation ended. */
    public enum Ending {
        /** The handler returned. */
        RESPONSE,
        /** The handler threw, the function's start failed, or its process ended. */
        ERROR,
        /** Neither came in time. Lambda would end the process; here a late answer is refused. */
        TIMEOUT
    }

    /**
     * The outcome of an invocation.
     *
     * @param requestId of the invocation
     * @param ending how it ended
     * @param body the response, the JSON of the error, or nothing after a timeout
     * @param latencyNanos from the event being sent to the response being read; waiting for a function that was not
     *     ready to take the event is not part of it
     */
    public record Result(String requestId, Ending ending, String body, long latencyNanos) {

        /**
         * The response.
         *
         * @throws IllegalStateException where there was none
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

    /** {@code host:port}, the value of {@code AWS_LAMBDA_RUNTIME_API}. */
    public String address() {
        return LoopbackPort.HOST + ":" + port.number();
    }

    /** Whether a function is waiting for an event. */
    public boolean isAwaited() {
        return !askingForNext.isEmpty();
    }

    /** Whether a function that was started for a snapshot is ready for it. */
    public boolean isReadyForSnapshot() {
        return askingForRestore.isDone();
    }

    /** Has a function go on as one that was started from its snapshot; for once, as it is the very process. */
    public void restore() {
        try {
            askingForRestore.copy().orTimeout(1, TimeUnit.MINUTES).join().respond("200 OK", Map.of(), OK);
        } catch (IOException e) {
            throw new UncheckedIOException("the function has gone", e);
        }
    }

    /** The error with which the function's start, or that from its snapshot, has failed, as JSON. */
    public Optional<String> initError() {
        return initError.isDone() ? Optional.of(initError.join().body()) : Optional.empty();
    }

    /**
     * Sends the function an event, once it has started, and waits for its result.
     *
     * @param event JSON
     * @param timeout of the function, counted from its taking the event, and sent to it as its deadline; a function
     *     that is not ready has as long again to start
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

    /** To be called when the function's process is gone: what is under way, and what comes, ends as Lambda ends it. */
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

    /** A connection on which a function requests an event; null if none does in time, or ever will. */
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
                    return; // It has taken one more while it was being closed.
                }
                for (var request = connection.next(); request != null; request = connection.next()) {
                    answer(request, connection);
                }
            } finally {
                connections.remove(connection);
            }
        } catch (IOException e) {
            // The function has gone, or the stub is closed; an invocation under way runs into its timeout.
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

    /** The outcome of an invocation; one that comes after its timeout is refused, as by Lambda. */
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
