// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A stub of an AWS endpoint. Returns the response that was set last, and records the requests. */
public final class AwsEndpointStub implements AutoCloseable {

    /** A request, with the names of its headers in lower case. */
    public record Request(String method, Map<String, String> headers, String body) {}

    private record StubResponse(int status, String body) {}

    private final HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<StubResponse> once = new CopyOnWriteArrayList<>();
    private volatile StubResponse always = new StubResponse(404, "");

    private AwsEndpointStub(HttpServer server) {
        this.server = server;
    }

    /** Starts a stub that responds with 404. */
    public static AwsEndpointStub start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var stub = new AwsEndpointStub(server);
            server.createContext("/", exchange -> {
                try (exchange) {
                    var headers = exchange.getRequestHeaders().entrySet().stream()
                            .collect(Collectors.toMap(
                                    header -> header.getKey().toLowerCase(Locale.ROOT),
                                    header -> String.join(",", header.getValue())));
                    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                    stub.requests.add(new Request(exchange.getRequestMethod(), new TreeMap<>(headers), body));
                    var response = stub.next();
                    var bytes = response.body.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(response.status, bytes.length == 0 ? -1 : bytes.length);
                    exchange.getResponseBody().write(bytes);
                }
            });
            server.start();
            return stub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private StubResponse next() {
        return once.isEmpty() ? always : once.removeFirst();
    }

    /** Sets the response to all later requests. */
    public void respond(int status, String body) {
        always = new StubResponse(status, body);
    }

    /** Sets the response to the next request only. */
    public void respondOnce(int status, String body) {
        once.add(new StubResponse(status, body));
    }

    /**
     * Responds to all later requests with a secret. Of the characters that JSON escapes, {@code text} may have
     * quotation marks only.
     */
    public void respondWithSecret(String text) {
        respond(
                200,
                "{\"Name\":\"redis\",\"SecretString\":\"" + text.replace("\"", "\\\"")
                        + "\",\"VersionStages\":[\"AWSCURRENT\"]}");
    }

    /** Returns the requests so far, in order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Returns the URL of the endpoint. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
