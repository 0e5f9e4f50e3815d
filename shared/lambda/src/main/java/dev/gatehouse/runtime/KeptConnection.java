package dev.gatehouse.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection by HTTP/1.1 (RFC 9112) that is kept for the next request; for one thread. The JDK's clients are slower: the
 * old one by half an invocation, the new one, which has threads of its own, by a whole one.
 */
final class KeptConnection {

    /**
     * What a request is answered.
     *
     * @param headers by their names in lower case
     * @param last whether the connection takes no other request
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares replies.
    record Reply(int status, Map<String, String> headers, byte[] body, boolean last) {

        /** @param name in lower case */
        @Nullable
        String header(String name) {
            return headers.get(name);
        }
    }

    /** It is of no use any more, and no reply to the request has begun. */
    static final class Closed extends IOException {

        private static final long serialVersionUID = 1;

        Closed(String why) {
            super(why);
        }

        Closed(String why, IOException cause) {
            super(why, cause);
        }
    }

    private static final int CONNECT_MILLIS = 1_000;
    /** For an event, as a rule, and for every line. */
    private static final int ROOM = 16 * 1_024;
    /** No event has more than 6 MB. */
    private static final int MAX_BODY = 64 * 1_024 * 1_024;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    /** What was read; that from {@code from} up to {@code to} is still to be looked at. */
    private final byte[] read = new byte[ROOM];

    private int from;
    private int to;

    private KeptConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /** Opens one; waits a second at most. */
    static KeptConnection to(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        socket.setTcpNoDelay(true);
        try {
            socket.connect(address, CONNECT_MILLIS);
            return new KeptConnection(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends a request and waits for its reply, however long.
     *
     * @throws Closed if none of it has come
     * @throws IOException if it is none; either way the connection is closed
     */
    Reply exchange(byte[] request) throws IOException {
        try {
            var reply = replyTo(request);
            if (reply.last()) {
                socket.close();
            }
            return reply;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Reply replyTo(byte[] request) throws IOException {
        if (from < to) {
            throw new Closed("it has said what nobody had asked");
        }
        try {
            out.write(request);
            readMore();
        } catch (IOException e) {
            throw new Closed("it has gone", e);
        }
        var status = status();
        while (status / 100 == 1) {
            headers();
            status = status();
        }
        var headers = headers();
        return new Reply(status, headers, body(headers), isLast(headers));
    }

    private int status() throws IOException {
        var line = line();
        if (!line.startsWith("HTTP/1.") || line.length() < 12) {
            throw new IOException("no HTTP");
        }
        return number(line.substring(9, 12), 10);
    }

    private Map<String, String> headers() throws IOException {
        var headers = new HashMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("no header");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (isChunked(headers)) {
            return chunks();
        }
        var length = headers.get("content-length");
        return length == null ? rest() : exactly(number(length, 10));
    }

    private static boolean isChunked(Map<String, String> headers) {
        return "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
    }

    private static boolean isLast(Map<String, String> headers) {
        return "close".equalsIgnoreCase(headers.get("connection"))
                || (!isChunked(headers) && !headers.containsKey("content-length"));
    }

    private byte[] chunks() throws IOException {
        var body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            if (body.size() + size > MAX_BODY) {
                throw new IOException("an event without an end");
            }
            body.write(exactly(size));
            line();
        }
        headers();
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return number(line().split(";", 2)[0].strip(), 16);
    }

    private static int number(String digits, int radix) throws IOException {
        try {
            int number = Integer.parseUnsignedInt(digits, radix);
            if (number >= 0 && number <= MAX_BODY) {
                return number;
            }
        } catch (NumberFormatException _) {
            // As one that is out of bounds.
        }
        throw new IOException("no number in bounds");
    }

    private byte[] exactly(int size) throws IOException {
        var bytes = new byte[size];
        int here = Math.min(size, to - from);
        System.arraycopy(read, from, bytes, 0, here);
        from += here;
        if (in.readNBytes(bytes, here, size - here) < size - here) {
            throw new EOFException("the reply ends in its body");
        }
        return bytes;
    }

    private byte[] rest() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(read, from, to - from);
        from = to;
        bytes.write(in.readNBytes(MAX_BODY));
        return bytes.toByteArray();
    }

    private String line() throws IOException {
        int length = 0;
        while (from + length == to || read[from + length] != '\n') {
            if (from + length == to) {
                readMore();
            } else {
                length++;
            }
        }
        var line = new String(read, from, length, ISO_8859_1);
        from += length + 1;
        return line.stripTrailing();
    }

    private void readMore() throws IOException {
        System.arraycopy(read, from, read, 0, to - from);
        to -= from;
        from = 0;
        if (to == read.length) {
            throw new IOException("a line without an end");
        }
        int count = in.read(read, to, read.length - to);
        if (count < 0) {
            throw new EOFException("the reply ends too early");
        }
        to += count;
    }
}
