// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import java.util.Locale;
import java.util.regex.Pattern;

/** Recognizes requests of a browser on this machine. */
final class LoopbackRequest {

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    /** A page of another site whose name resolves to a loopback address sends the name of its own host. */
    private static final Pattern HOST =
            Pattern.compile("(localhost|127(\\." + OCTET + "){3}|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

    private LoopbackRequest() {}

    /**
     * Returns whether {@code request} comes from a loopback address, is sent to one, and has passed no proxy. A proxy on this
     * machine that adds no header about itself is not detected.
     */
    static boolean matches(HttpRequest<?> request) {
        var address = request.getRemoteAddress().getAddress();
        var hosts = request.getHeaders().getAll(HttpHeaders.HOST);
        return address != null
                && address.isLoopbackAddress()
                && hosts.size() == 1
                && HOST.matcher(hosts.getFirst()).matches()
                && request.getHeaders().names().stream().noneMatch(LoopbackRequest::isOfAProxy);
    }

    private static boolean isOfAProxy(String header) {
        var name = header.toLowerCase(Locale.ROOT);
        return name.equals("forwarded")
                || name.startsWith("x-forwarded-")
                || name.equals("via")
                || name.equals("x-real-ip");
    }
}
