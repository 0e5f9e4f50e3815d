// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

/** Thrown if Redis replies to a command with an error. The message contains no key, value or secret. */
public final class CommandRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String code;

    CommandRefused(String code) {
        super("Redis replied with " + code, null, false, false);
        this.code = code;
    }

    /** Returns the first word of the error: {@code WRONGTYPE}, {@code NOPERM}, {@code OOM}, {@code CROSSSLOT}, … */
    public String code() {
        return code;
    }
}
