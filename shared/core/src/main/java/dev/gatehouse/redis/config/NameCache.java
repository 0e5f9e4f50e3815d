// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import java.security.Security;

/** The JVM's cache of host names, which by default keeps an address for 30 seconds. */
public final class NameCache {

    private static final String TTL = "networkaddress.cache.ttl";
    private static final String NEGATIVE_TTL = "networkaddress.cache.negative.ttl";
    private static final String DEFAULT_NEGATIVE_TTL = "10";

    private NameCache() {}

    /**
     * Lets each reconnection resolve its host anew, so that a failover by DNS is followed at once. Keeps what an operator
     * has configured. Must be called before the process resolves its first name, and only by a program that is ours: the
     * setting holds for the whole JVM.
     */
    public static void limit() {
        if (Security.getProperty(TTL) == null) {
            Security.setProperty(TTL, "0");
        }
        if (DEFAULT_NEGATIVE_TTL.equals(Security.getProperty(NEGATIVE_TTL))) {
            Security.setProperty(NEGATIVE_TTL, "0");
        }
    }

    /** Returns whether the JVM keeps an address for a second at most. */
    public static boolean isLimited() {
        var seconds = Security.getProperty(TTL);
        return "0".equals(seconds) || "1".equals(seconds);
    }
}
