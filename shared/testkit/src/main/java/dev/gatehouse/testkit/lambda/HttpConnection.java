// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The server's side of one persistent HTTP/1.1 connection, with the subset of HTTP that clients of the Lambda Runtime
 * API use. One thread reads; any thread may respond, one at a time.
 */
final class HttpConnection implements AutoCloseable {

    /**
     * A request.
     *
     * @param method the method, in upper case
     * @param path the path, without host and query
     * @param headers the headers by their names in lower case
     * @param body the body; empty if there is none
     */
    record Request(String method, String path, Map<String, String> headers, byte[] body) {

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final InputStream in;

    HttpConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        socket.setTcpNoDelay(true);
    }

    /** Returns the next request; null if the client has closed the connection. */
    Request next() throws IOException {
        var line = line();
        if (line == null) {
            return null;
        }
        var start = line.split(" ");
        var headers = new HashMap<String, String>();
        for (var header = requireLine(); !header.isEmpty(); header = requireLine()) {
            var colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
            socket.getOutputStream().write(CONTINUE);
        }
        return new Request(start[0], start[1], headers, body(headers));
    }

    /** Sends a response with a JSON body in one write. */
    void respond(String status, Map<String, String> headers, byte[] body) throws IOException {
        var head = new StringBuilder(512).append("HTTP/1.1 ").append(status).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Type: application/json\r\nContent-Length: ")
                .append(body.length)
                .append("\r\n\r\n");
        var bytes = head.toString().getBytes(StandardCharsets.US_ASCII);
        var message = Arrays.copyOf(bytes, bytes.length + body.length);
        System.arraycopy(body, 0, message, bytes.length, body.length);
        socket.getOutputStream().write(message);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return chunks();
        }
        return exactly(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }

    private byte[] chunks() throws IOException {
        var body = new ByteArrayOutputStream();
        for (var size = chunkSize(); size > 0; size = chunkSize()) {
            body.writeBytes(exactly(size));
            requireLine();
        }
        while (!requireLine().isEmpty()) {
            // Ignores trailers.
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(requireLine().split(";")[0].strip(), 16);
    }

    private byte[] exactly(int size) throws IOException {
        var bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the request ends within its body");
        }
        return bytes;
    }

    private String requireLine() throws IOException {
        var line = line();
        if (line == null) {
            throw new EOFException("the request ends within its head");
        }
        return line;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (var b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
