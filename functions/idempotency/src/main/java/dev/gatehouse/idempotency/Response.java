// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.validation.InvalidArgument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The result of work, as an HTTP response.
 *
 * @param status 100 to 599
 * @param headers up to {@value #MAX_HEADERS}, in order
 * @param body up to {@link #MAX_BODY_BYTES}
 */
public record Response(int status, List<ResponseHeader> headers, ResponseBody body) {

    public static final int MAX_HEADERS = 64;

    /** The maximum length of a body: 256 KiB. */
    public static final int MAX_BODY_BYTES = 256 * 1024;

    /** The headers of one connection (RFC 9110, 7.6.1), and cookies, which belong to one caller. */
    private static final Set<String> NOT_REPLAYED = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-connection",
            "set-cookie",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    public Response {
        headers = List.copyOf(headers);
        if (status < 100 || status > 599) {
            throw new InvalidArgument("response.status", "must be 100 to 599");
        }
        if (headers.size() > MAX_HEADERS) {
            throw new InvalidArgument("response.headers", "must be at most " + MAX_HEADERS);
        }
        if (body.size() > MAX_BODY_BYTES) {
            throw new InvalidArgument("response.body", "must be at most " + MAX_BODY_BYTES + " bytes");
        }
    }

    /**
     * Returns this response for replays: without {@code Set-Cookie} and without hop-by-hop headers, including those
     * that {@code Connection} names.
     */
    public Response forReplay() {
        var removed = new TreeSet<>(NOT_REPLAYED);
        for (var header : headers) {
            if (header.name().equalsIgnoreCase("connection")) {
                for (var option : header.value().split(",", -1)) {
                    removed.add(option.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        var replayed = new ArrayList<ResponseHeader>(headers.size());
        for (var header : headers) {
            if (!removed.contains(header.name().toLowerCase(Locale.ROOT))) {
                replayed.add(header);
            }
        }
        return new Response(status, replayed, body);
    }

    /** Returns whether a retry may get another response: 408, 425, 429 and 5xx. */
    boolean isTransient() {
        return status >= 500 || status == 408 || status == 425 || status == 429;
    }

    /** Returns the approximate size in memory, in bytes. */
    long bytes() {
        long bytes = body.size() + 64L;
        for (var header : headers) {
            bytes += header.name().length() + header.value().length() + 64L;
        }
        return bytes;
    }
}
