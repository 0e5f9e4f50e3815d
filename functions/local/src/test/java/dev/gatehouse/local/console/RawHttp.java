// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import dev.gatehouse.local.Caller.CallerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Sends requests with any path and any headers, unchanged. */
record RawHttp(InetAddress address, int port) {

    static RawHttp onLoopback(int port) {
        return new RawHttp(InetAddress.getLoopbackAddress(), port);
    }

    CallerResponse get(String path, String... headers) throws IOException {
        return send("GET", path, headers);
    }

    /** Sends a request with a host of this machine, unless one of the headers is a host. */
    CallerResponse send(String method, String path, String... headers) throws IOException {
        var lines = String.join("\r\n", headers);
        var host = lines.contains("Host:") ? "" : "Host: localhost:" + port + "\r\n";
        return exchange(method + " " + path + " HTTP/1.1\r\n" + host + lines + (lines.isEmpty() ? "" : "\r\n")
                + "Connection: close\r\n\r\n");
    }

    CallerResponse exchange(String request) throws IOException {
        try (var socket = new Socket(address, port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static CallerResponse parse(String response) {
        var end = response.indexOf("\r\n\r\n");
        var lines = response.substring(0, end).split("\r\n");
        Map<String, List<String>> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            var colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    List.of(lines[i].substring(colon + 1).strip()));
        }
        return new CallerResponse(Integer.parseInt(lines[0].split(" ")[1]), headers, response.substring(end + 4));
    }
}
