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

/** A stub of an AWS endpoint: returns the response that was set last, and records the requests. */
public final class AwsEndpointStub implements AutoCloseable {

    /** One request; names of headers are in small letters. */
    public record Request(String method, Map<String, String> headers, String body) {}

    private record Decision(int status, String body) {}

    private final HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Decision> once = new CopyOnWriteArrayList<>();
    private volatile Decision always = new Decision(404, "");

    private AwsEndpointStub(HttpServer server) {
        this.server = server;
    }

    /** Starts one; it answers 404. */
    public static AwsEndpointStub start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var standIn = new AwsEndpointStub(server);
            server.createContext("/", exchange -> {
                try (exchange) {
                    var headers = exchange.getRequestHeaders().entrySet().stream()
                            .collect(Collectors.toMap(
                                    header -> header.getKey().toLowerCase(Locale.ROOT),
                                    header -> String.join(",", header.getValue())));
                    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                    standIn.requests.add(new Request(exchange.getRequestMethod(), new TreeMap<>(headers), body));
                    var answer = standIn.next();
                    var bytes = answer.body.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
                    exchange.getResponseBody().write(bytes);
                }
            });
            server.start();
            return standIn;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Decision next() {
        return once.isEmpty() ? always : once.removeFirst();
    }

    /** From now on. */
    public void answers(int status, String body) {
        always = new Decision(status, body);
    }

    /** To the next request; after it, as before. */
    public void answersOnce(int status, String body) {
        once.add(new Decision(status, body));
    }

    /** A secret with this text, from now on; for texts that JSON need not escape, save quotation marks. */
    public void holdsSecret(String text) {
        answers(
                200,
                "{\"Name\":\"redis\",\"SecretString\":\"" + text.replace("\"", "\\\"")
                        + "\",\"VersionStages\":[\"AWSCURRENT\"]}");
    }

    /** Returns the requests in their order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Returns its address. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
