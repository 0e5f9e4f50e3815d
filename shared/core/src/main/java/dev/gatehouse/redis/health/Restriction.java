// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import java.util.Locale;

/**
 * A command that Redis rejects, by its ACL, because it was renamed, or because the service lacks it, and that the functions
 * do without.
 *
 * @param code the first word of Redis's error: {@code NOPERM}, or {@code ERR} for an unknown command
 */
public record Restriction(Type type, String code) {

    /** The commands that the functions do without; their names are part of the HTTP contract. */
    public enum Type {
        INFO("INFO", "its version, memory, clients and eviction policy are not checked"),
        SLOWLOG("SLOWLOG", "slow commands are not checked"),
        TIME("TIME", "its clock is not checked"),
        CLIENT("CLIENT SETNAME", "its list of clients may not show which are functions"),
        TIME_IN_SCRIPTS(
                "TIME in scripts", "decisions use the clocks of the functions, which have to be synchronised (NTP)");

        private final String command;
        private final String effect;

        Type(String command, String effect) {
            this.command = command;
            this.effect = effect;
        }

        /** Returns the identifier used in responses: {@code time-in-scripts}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Returns the command and the effect of its rejection, in one sentence. */
    public String what() {
        return "Redis rejects " + type.command + " with " + code + ": " + type.effect + ".";
    }
}
