package dev.gatehouse.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/** Serves connections one after the other, each with its replies, one a request, and then closes it. */
final class ScriptedServer implements AutoCloseable {

    /** What stands for a request where the client closed the connection instead. */
    static final String CLOSED = "closed by the client";

    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)");

    private final ServerSocket listener = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final boolean byteAfterByte;

    /** One whose replies do not come in one piece. */
    @SafeVarargs
    ScriptedServer(List<String>... connections) throws IOException {
        this(true, connections);
    }

    @SafeVarargs
    ScriptedServer(boolean byteAfterByte, List<String>... connections) throws IOException {
        this.byteAfterByte = byteAfterByte;
        Thread.ofPlatform().daemon().start(() -> {
            for (var replies : connections) {
                try (var socket = listener.accept()) {
                    serve(socket, replies);
                } catch (IOException e) {
                    requests.add(e.toString());
                }
            }
        });
    }

    private void serve(Socket socket, List<String> replies) throws IOException {
        socket.setTcpNoDelay(true);
        var in = new BufferedInputStream(socket.getInputStream());
        for (var reply : replies) {
            var request = new StringBuilder();
            while (!request.toString().endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException(CLOSED);
                }
                request.append((char) next);
            }
            var length = LENGTH.matcher(request);
            var body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
            requests.add(request + new String(body, UTF_8));
            send(reply.getBytes(ISO_8859_1), socket.getOutputStream());
        }
    }

    private void send(byte[] reply, OutputStream out) throws IOException {
        if (!byteAfterByte) {
            out.write(reply);
            return;
        }
        for (var b : reply) {
            out.write(b);
        }
    }

    /** What it was asked until now, head and body, and what went wrong. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    RuntimeApi api() {
        return RuntimeApi.at("127.0.0.1:" + listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
