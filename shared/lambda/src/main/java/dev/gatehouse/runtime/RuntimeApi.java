package dev.gatehouse.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lambda's Runtime API, version 2018-06-01, for one thread. What it throws says that Lambda is not to be reached, or has
 * given this process up; another process may do better.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Using the Lambda runtime API</a>
 */
final class RuntimeApi {

    private static final Logger LOG = LoggerFactory.getLogger(RuntimeApi.class);

    private static final String ROOT = "/2018-06-01/runtime/";

    private final InetSocketAddress address;
    /** What every request says of itself, after its first line. */
    private final String common;

    private final byte[] next;
    private @Nullable KeptConnection kept;

    private RuntimeApi(InetSocketAddress address, String host) {
        this.address = address;
        this.common = " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: gatehouse\r\n";
        this.next = (head("GET", "invocation/next") + "\r\n").getBytes(ISO_8859_1);
    }

    /**
     * That one.
     *
     * @param host name and port, as Lambda names them
     */
    static RuntimeApi at(String host) {
        int colon = host.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("AWS_LAMBDA_RUNTIME_API is not a host and a port: " + host);
        }
        var port = Integer.parseInt(host.substring(colon + 1));
        return new RuntimeApi(new InetSocketAddress(host.substring(0, colon), port), host);
    }

    /** The next; waits for it, however long. */
    Invocation next() throws IOException {
        return Invocation.of(exchange(next));
    }

    /** Answers {@code invocation}. */
    void answer(Invocation invocation, byte[] answer) throws IOException {
        tell("invocation/" + invocation.requestId() + "/response", "", answer);
    }

    /** Says that {@code invocation} has no answer. */
    void failed(Invocation invocation, Failure failure) throws IOException {
        tell("invocation/" + invocation.requestId() + "/error", errorType(failure), failure.bytes());
    }

    /** Says that there will be no answers. */
    void startFailed(Failure failure) throws IOException {
        tell("init/error", errorType(failure), failure.bytes());
    }

    private static String errorType(Failure failure) {
        return "Lambda-Runtime-Function-Error-Type: Function." + failure.name() + "\r\n";
    }

    private void tell(String what, String headers, byte[] body) throws IOException {
        int status = exchange(post(what, headers, body)).status();
        if (status >= 500) {
            throw new IOException("status " + status + " to " + what);
        }
        if (status >= 400) {
            // Too late, or too large: the invocation has ended, and that is Lambda's word.
            LOG.error("Lambda refuses {} of {} bytes, with status {}", what, body.length, status);
        }
    }

    private byte[] post(String what, String headers, byte[] body) {
        var head = head("POST", what) + headers + "Content-Type: application/json\r\nContent-Length: " + body.length
                + "\r\n\r\n";
        var bytes = head.getBytes(ISO_8859_1);
        var request = Arrays.copyOf(bytes, bytes.length + body.length);
        System.arraycopy(body, 0, request, bytes.length, body.length);
        return request;
    }

    private String head(String method, String what) {
        return method + " " + ROOT + what + common;
    }

    /** A connection that was kept may be closed by now: where nothing came of that one, another is asked, once. */
    private KeptConnection.Reply exchange(byte[] request) throws IOException {
        var before = kept;
        if (before != null) {
            try {
                return exchange(before, request);
            } catch (KeptConnection.Closed e) {
                LOG.debug("The Runtime API is asked anew", e);
            }
        }
        return exchange(KeptConnection.to(address), request);
    }

    private KeptConnection.Reply exchange(KeptConnection connection, byte[] request) throws IOException {
        kept = null;
        var reply = connection.exchange(request);
        kept = reply.last() ? null : connection;
        return reply;
    }
}
