// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

/** An error reply of Redis; its message is the line without the leading minus. */
public final class RedisError extends RuntimeException {

    public RedisError(String line) {
        super(line);
    }

    /** Returns the first word, such as {@code NOSCRIPT}. */
    public String code() {
        return getMessage().split(" ", 2)[0];
    }
}
