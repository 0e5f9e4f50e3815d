// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.redis.HashTag;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The device on which a session was created, for display to its user. It has no effect on decisions. Lengths count code
 * points.
 *
 * @param name up to {@value #MAX_NAME} characters
 * @param userAgent up to {@value #MAX_USER_AGENT} characters
 * @param ip up to {@value #MAX_IP} characters
 */
public record Device(
        @Nullable String name,
        @Nullable String userAgent,
        @Nullable String ip) {

    public static final Device UNKNOWN = new Device(null, null, null);

    public static final int MAX_NAME = 128;
    public static final int MAX_USER_AGENT = 512;
    public static final int MAX_IP = 45;

    public Device {
        check("device.name", name, MAX_NAME);
        check("device.userAgent", userAgent, MAX_USER_AGENT);
        check("device.ip", ip, MAX_IP);
    }

    private static void check(String field, @Nullable String value, int max) {
        if (value != null && (value.codePointCount(0, value.length()) > max || !HashTag.isWellFormed(value))) {
            throw new InvalidSession(field, "must be at most " + max + " characters of well-formed Unicode");
        }
    }

    /** Returns an upper estimate of the bytes in memory. */
    long footprint() {
        return 64 + footprint(name) + footprint(userAgent) + footprint(ip);
    }

    private static long footprint(@Nullable String value) {
        return value == null ? 0 : 64 + 2L * value.length();
    }

    /** Returns the stored form: a map of the fields that are not null. */
    byte[] packed() {
        var known = new LinkedHashMap<String, String>();
        put(known, "name", name);
        put(known, "userAgent", userAgent);
        put(known, "ip", ip);
        var packed = new MessagePackWriter().addMap(known.size());
        known.forEach((field, value) -> packed.add(field).add(value));
        return packed.bytes();
    }

    private static void put(Map<String, String> known, String field, @Nullable String value) {
        if (value != null) {
            known.put(field, value);
        }
    }

    /**
     * Reads {@link #packed}.
     *
     * @throws Malformed if the bytes are not a packed device
     */
    static Device unpacked(byte[] packed) {
        var in = new MessagePackReader(packed);
        int count = in.members();
        if (count == 0) {
            in.end();
            return UNKNOWN;
        }
        var known = new HashMap<String, String>();
        for (int i = 0; i < count; i++) {
            known.put(in.text(), in.text());
        }
        in.end();
        return new Device(known.get("name"), known.get("userAgent"), known.get("ip"));
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "Device[…]";
    }
}
