// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.telemetry.TraceContext;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request as its gateway reports it.
 *
 * @param method {@value #CONNECT} for a WebSocket handshake
 * @param path the path without the stage, in the form of {@link RoutePath}; null if it is ambiguous
 * @param headers returns all values of a header by its case-insensitive name
 * @param cookies the cookies in addition to those in the headers
 * @param address the address of the connection, with or without a port; a valid subject of a limit
 */
public record GatewayRequest(
        String method,
        @Nullable String path,
        Function<String, List<String>> headers,
        List<String> cookies,
        String address) {

    /** The method of a WebSocket handshake, which opens more than a GET does. */
    public static final String CONNECT = "CONNECT";

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /** Returns whether the request changes nothing, by its method (RFC 9110, 9.2.1). */
    boolean isSafe() {
        return SAFE.contains(method);
    }

    /** Returns the trace of the request, without the gateway's request id. */
    TraceContext trace() {
        return TraceContext.of(null, name -> {
            var values = headers.apply(name);
            return values.isEmpty() ? null : values.getFirst();
        });
    }

    /** Leaves out headers and address, which identify a person. */
    @Override
    public String toString() {
        return "GatewayRequest[…]";
    }
}
