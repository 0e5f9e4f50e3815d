// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** The address of a caller, as the subject of limits. All spellings of an address are one subject. */
final class ClientAddress {

    private ClientAddress() {}

    /**
     * Returns the subject of {@code text}: an IPv4 address without its port, also if it is written as an IPv6 address; of an
     * IPv6 address the network, such as {@code 2001:db8:0:0:0:0:0:0/64}, because a caller can choose the rest. Returns a
     * text that is no address unchanged.
     *
     * @param ipv6Prefix the length of an IPv6 network in bits, 1 to 128
     */
    static String subject(String text, int ipv6Prefix) {
        return switch (parse(text)) {
            case null -> text;
            case Inet4Address address -> address.getHostAddress();
            case InetAddress address -> network(address.getAddress(), ipv6Prefix) + "/" + ipv6Prefix;
        };
    }

    /** Returns whether {@code text} is an address, with or without a port. */
    static boolean isAddress(String text) {
        return parse(text) != null;
    }

    private static @Nullable InetAddress parse(String text) {
        var literal = literal(text.strip());
        var address = ofLiteral(literal);
        // CloudFront-Viewer-Address appends the port of an IPv6 address without brackets.
        return address == null ? ofLiteral(literal.substring(0, Math.max(0, literal.lastIndexOf(':')))) : address;
    }

    private static @Nullable InetAddress ofLiteral(String literal) {
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /** Removes a port, brackets and a zone. */
    private static String literal(String text) {
        var address = text;
        if (text.startsWith("[")) {
            address = text.substring(1, Math.max(1, text.indexOf(']')));
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            address = text.substring(0, text.indexOf(':'));
        }
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    private static String network(byte[] address, int prefix) {
        for (int bit = prefix; bit < address.length * 8; bit++) {
            address[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError("an IPv6 address has 16 bytes", e);
        }
    }
}
