package dev.gatehouse.testkit.redis;

import dev.gatehouse.testkit.proxy.RespReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One blocking RESP2 connection, as plain as can be. It never reconnects and never retries; failures of the socket are
 * {@link UncheckedIOException}, error replies {@link RedisError}. For one thread.
 */
public final class RespClient implements AutoCloseable {

    private final Socket socket;
    private final RespReader replies;

    private RespClient(Socket socket) throws IOException {
        this.socket = socket;
        this.replies = new RespReader(socket.getInputStream());
    }

    /** Connects in the clear; the timeout bounds the connect and each read. */
    public static RespClient connect(String host, int port, Duration timeout) {
        var socket = new Socket();
        try {
            open(socket, host, port, timeout);
            return new RespClient(socket);
        } catch (IOException e) {
            throw closed(socket, e);
        }
    }

    /** Connects over TLS, checking that the certificate is for the host. */
    public static RespClient connect(String host, int port, Duration timeout, SSLContext tls) {
        var socket = new Socket();
        try {
            open(socket, host, port, timeout);
            var secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, host, port, true);
            var parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            return new RespClient(secure);
        } catch (IOException e) {
            throw closed(socket, e);
        }
    }

    /** Sends one command and returns its reply: String, Long, List or null. */
    public Object call(String... words) {
        send(words);
        return read();
    }

    /** Sends one command and leaves its reply to {@link #read}. */
    public void send(String... words) {
        sendAll(words);
    }

    /** Sends several commands in one write. */
    public void sendAll(String[]... commands) {
        var out = new ByteArrayOutputStream();
        for (var words : commands) {
            out.writeBytes("*%d\r\n".formatted(words.length).getBytes(StandardCharsets.US_ASCII));
            for (var word : words) {
                var bytes = word.getBytes(StandardCharsets.UTF_8);
                out.writeBytes("$%d\r\n".formatted(bytes.length).getBytes(StandardCharsets.US_ASCII));
                out.writeBytes(bytes);
                out.writeBytes(new byte[] {'\r', '\n'});
            }
        }
        try {
            socket.getOutputStream().write(out.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next reply: String, Long, List or null. */
    public Object read() {
        try {
            var frame = replies.next();
            if (frame == null) {
                throw new EOFException("the server closed the connection");
            }
            if (frame.value() instanceof RedisError error) {
                throw error;
            }
            return frame.value();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the other side closed the connection in order; waits for it up to the timeout. */
    public boolean isAtEnd() {
        try {
            return replies.peek() < 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void open(Socket socket, String host, int port, Duration timeout) throws IOException {
        var millis = Math.toIntExact(timeout.toMillis());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(millis);
        socket.connect(new InetSocketAddress(host, port), millis);
    }

    private static UncheckedIOException closed(Socket socket, IOException failure) {
        try {
            socket.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return new UncheckedIOException(failure);
    }
}
