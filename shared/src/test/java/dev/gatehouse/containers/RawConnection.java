package dev.gatehouse.containers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** A connection to Redis that only sees its one-line answers, and shares no code with what is under test. */
final class RawConnection implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader answers;

    RawConnection(RedisContainer redis, Duration patience) throws IOException {
        this(new Socket(), redis, patience);
    }

    RawConnection(Socket unconnected, RedisContainer redis, Duration patience) throws IOException {
        socket = unconnected;
        socket.setSoTimeout((int) patience.toMillis());
        socket.connect(new InetSocketAddress(redis.host(), redis.port()), (int) patience.toMillis());
        answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    /** Sends a command without spaces in its words, and returns the answer's first line. */
    String ask(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
        return String.valueOf(answers.readLine());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
