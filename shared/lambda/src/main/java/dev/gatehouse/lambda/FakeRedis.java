package dev.gatehouse.lambda;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Stands in for Redis in a rehearsal, on this machine's loopback: greets one who connects, and agrees to all it is told. */
final class FakeRedis implements AutoCloseable {

    private static final String GREETING = "%3\r\n+server\r\n+redis\r\n+version\r\n+7.0.0\r\n+proto\r\n:3\r\n";
    private static final String SCRIPTS_REPLY = "*1\r\n+OK\r\n";

    private final ServerSocket door;

    private FakeRedis(ServerSocket door) {
        this.door = door;
    }

    static FakeRedis open() {
        try {
            var stage = new FakeRedis(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            Thread.ofPlatform().daemon().name("gatehouse-stage").start(stage::serve);
            return stage;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String host() {
        return door.getInetAddress().getHostAddress();
    }

    int port() {
        return door.getLocalPort();
    }

    private void serve() {
        while (!door.isClosed()) {
            try (var socket = door.accept()) {
                serve(socket);
            } catch (IOException e) {
                // The guest has left or speaks another language, or the door was closed.
            }
        }
    }

    private static void serve(Socket socket) throws IOException {
        var in = new BufferedInputStream(socket.getInputStream());
        while (true) {
            var reply = reply(command(in));
            socket.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static String reply(String command) {
        return switch (command.toUpperCase(Locale.ROOT)) {
            case "HELLO" -> GREETING;
            case "PING" -> "+PONG\r\n";
            case "EVAL", "EVALSHA" -> SCRIPTS_REPLY;
            default -> "+OK\r\n";
        };
    }

    /** Reads a command, of which the first word tells enough. */
    private static String command(InputStream in) throws IOException {
        int words = length(in);
        var first = word(in);
        for (int more = 1; more < words; more++) {
            word(in);
        }
        return first;
    }

    private static String word(InputStream in) throws IOException {
        var text = new String(in.readNBytes(length(in)), StandardCharsets.UTF_8);
        in.skipNBytes(2);
        return text;
    }

    /** The number in the next line, {@code *3} or {@code $12}. */
    private static int length(InputStream in) throws IOException {
        int mark = in.read();
        if (mark != '*' && mark != '$') {
            throw new IOException("no command");
        }
        int length = 0;
        for (int read = in.read(); read != '\r'; read = in.read()) {
            if (read < '0' || read > '9') {
                throw new IOException("no length");
            }
            length = length * 10 + read - '0';
        }
        in.skipNBytes(1);
        return length;
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
