// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import dev.gatehouse.redis.config.EnvironmentVariables;
import java.util.Map;

/** Determines who may open the console. */
public enum ConsoleAccess {
    /** Programs on this machine, by a name of this machine, and without a proxy. */
    LOOPBACK,
    /** Every client. */
    ON,
    /** No client: the server has no console. */
    OFF;

    static final String SETTING = "GATEHOUSE_CONSOLE";

    /**
     * Reads the setting; the default is {@link #LOOPBACK}.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if it has another value
     */
    public static ConsoleAccess from(Map<String, String> variables) {
        return new EnvironmentVariables(variables).constant(SETTING, LOOPBACK);
    }
}
