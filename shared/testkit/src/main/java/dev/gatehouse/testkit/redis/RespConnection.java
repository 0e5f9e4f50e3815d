// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.RedisInputStream;
import redis.clients.jedis.util.RedisOutputStream;
import redis.clients.jedis.util.SafeEncoder;

/**
 * A blocking RESP2 connection. It never reconnects or retries. A failure of the socket is an {@link
 * UncheckedIOException}, an error reply a {@link RedisError}. Not thread-safe.
 */
public final class RespConnection implements AutoCloseable {

    private final Socket socket;
    private final RedisInputStream in;
    private final RedisOutputStream out;

    private RespConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new RedisInputStream(socket.getInputStream());
        this.out = new RedisOutputStream(socket.getOutputStream());
    }

    /** Connects without TLS; the timeout bounds the connect and each read. */
    public static RespConnection connect(String host, int port, Duration timeout) {
        var socket = new Socket();
        try {
            open(socket, host, port, timeout);
            return new RespConnection(socket);
        } catch (IOException e) {
            throw closed(socket, e);
        }
    }

    /** Connects over TLS and checks that the certificate is for the host. */
    public static RespConnection connect(String host, int port, Duration timeout, SSLContext tls) {
        var socket = new Socket();
        try {
            open(socket, host, port, timeout);
            var secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, host, port, true);
            var parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            return new RespConnection(secure);
        } catch (IOException e) {
            throw closed(socket, e);
        }
    }

    /** Sends one command and returns its reply: String, Long, List or null. */
    public Object call(String... words) {
        send(words);
        return read();
    }

    /** Sends one command, whose reply {@link #read} returns. */
    public void send(String... words) {
        sendAll(words);
    }

    /** Sends several commands in one write. */
    public void sendAll(String[]... commands) {
        try {
            for (var words : commands) {
                var name = words[0].getBytes(StandardCharsets.UTF_8);
                var arguments = new CommandArguments(() -> name);
                Stream.of(words).skip(1).forEach(arguments::add);
                Protocol.sendCommand(out, arguments);
            }
            out.flush();
        } catch (JedisConnectionException e) {
            throw unchecked(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the next reply: String, Long, List or null. */
    public Object read() {
        try {
            return SafeEncoder.encodeObject(Protocol.read(in));
        } catch (JedisDataException e) {
            throw new RedisError(e.getMessage());
        } catch (JedisConnectionException e) {
            throw unchecked(e);
        }
    }

    /** Returns whether the other side closed the connection in order and sent nothing more. Waits up to the timeout. */
    public boolean isAtEnd() {
        try {
            return socket.getInputStream().read() < 0;
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

    private static UncheckedIOException unchecked(JedisConnectionException e) {
        return new UncheckedIOException(
                e.getCause() instanceof IOException failure ? failure : new EOFException(e.getMessage()));
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
