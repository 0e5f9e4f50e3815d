// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The place of a caller's address in a request.
 *
 * @param header the header that a proxy writes; null for the address of the connection
 * @param hops the position of the address from the end of the header's list; 0 if the header holds one address
 */
record AddressSource(@Nullable String header, int hops) {

    static final AddressSource GATEWAY = new AddressSource(null, 0);

    private static final Pattern FORWARDED = Pattern.compile("forwarded:([1-9]|10)");
    private static final Pattern HEADER = Pattern.compile("header:([a-z0-9-]{1,64})");

    /** @throws InvalidSetting if {@code text} is malformed */
    static AddressSource parse(String setting, String text) {
        var source = text.toLowerCase(Locale.ROOT);
        var forwarded = FORWARDED.matcher(source);
        var header = HEADER.matcher(source);
        if (forwarded.matches()) {
            return new AddressSource("X-Forwarded-For", Integer.parseInt(forwarded.group(1)));
        }
        if (header.matches()) {
            return new AddressSource(header.group(1), 0);
        }
        if (!source.equals("gateway")) {
            throw new InvalidSetting(setting, "must be gateway, forwarded:<1 to 10> or header:<name>");
        }
        return GATEWAY;
    }

    /** Returns the caller's address. If the header holds none at its place, returns the address of the connection. */
    String find(GatewayRequest request) {
        if (header == null) {
            return request.address();
        }
        var address = read(request.headers().apply(header));
        return ClientAddress.isAddress(address) ? address : request.address();
    }

    private String read(List<String> values) {
        var text = String.join(",", values);
        if (hops == 0) {
            return text;
        }
        var entries = text.split(",", -1);
        return entries.length < hops ? "" : entries[entries.length - hops];
    }
}
