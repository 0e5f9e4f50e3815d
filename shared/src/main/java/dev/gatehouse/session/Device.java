package dev.gatehouse.session;

import org.jspecify.annotations.Nullable;

/**
 * What a session was begun on, for its user to know it again in a list; nothing is decided by it.
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
        if (value != null && value.length() > max) {
            throw new InvalidSession(field, "must be at most " + max + " characters");
        }
    }

    /** Nothing of it: it tells of a person. */
    @Override
    public String toString() {
        return "Device[…]";
    }
}
