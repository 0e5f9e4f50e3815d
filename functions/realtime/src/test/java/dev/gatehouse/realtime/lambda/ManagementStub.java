package dev.gatehouse.realtime.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gatehouse.redis.aws.AwsIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A stand-in for the management API of API Gateway. Verifies each signature by an implementation of its own, answers with the
 * statuses that were set, 200 by default, and records the messages that it accepted.
 */
final class ManagementStub implements AutoCloseable {

    /** A status that never comes. */
    static final int HANG = -1;

    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static final Map<String, String> CREDENTIALS = Map.of(
            "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY", SECRET, "AWS_SESSION_TOKEN", "to/ken+=");

    private static final String PATH = "/live/%40connections/";
    private static final Pattern AUTHORIZATION =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(\\d{8})/eu-central-1/execute-api/aws4_request, "
                    + "SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})");

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
        var headers = exchange.getRequestHeaders();
        var authorization = AUTHORIZATION.matcher(String.valueOf(headers.getFirst("Authorization")));
        if (!authorization.matches() || !"to/ken+=".equals(headers.getFirst("X-Amz-Security-Token"))) {
            return "unsigned";
        }
        var names = authorization.group(2);
        if (!List.of(names.split(";")).containsAll(List.of("host", "x-amz-date", "x-amz-security-token"))) {
            return "too few signed headers";
        }
        var canonical = String.join(
                "\n",
                "POST",
                encoded(path),
                "",
                Arrays.stream(names.split(";"))
                        .map(name -> name + ":" + headers.getFirst(name).strip() + "\n")
                        .collect(Collectors.joining()),
                names,
                hex(sha256(body)));
        var date = authorization.group(1);
        var text = String.join(
                "\n",
                "AWS4-HMAC-SHA256",
                headers.getFirst("X-Amz-Date"),
                date + "/eu-central-1/execute-api/aws4_request",
                hex(sha256(canonical.getBytes(StandardCharsets.UTF_8))));
        var key = ("AWS4" + SECRET).getBytes(StandardCharsets.UTF_8);
        for (var part : List.of(date, "eu-central-1", "execute-api", "aws4_request", text)) {
            key = hmac(key, part);
        }
        return hex(key).equals(authorization.group(3)) ? null : "wrong signature";
    }

    private static String encoded(String path) {
        return IntStream.range(0, path.length())
                .mapToObj(i -> String.valueOf(path.charAt(i)))
                .map(one -> one.matches("[A-Za-z0-9/._~-]") ? one : "%%%02X".formatted((int) one.charAt(0)))
                .collect(Collectors.joining());
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
