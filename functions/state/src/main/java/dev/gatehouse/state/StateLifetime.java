// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.redis.config.EnvironmentVariables;
import dev.gatehouse.redis.config.InvalidSetting;
import java.time.Duration;
import java.util.Map;

/** Reads the life of new states whose write has none of its own. */
public final class StateLifetime {

    /** The setting, in seconds: 1 to {@value StateWrite#MAX_TTL_SECONDS}. */
    public static final String SETTING = "WORKFLOW_STATE_TTL";

    /** A day. */
    static final Duration DEFAULT = Duration.ofSeconds(StateWrite.DEFAULT_TTL_SECONDS);

    private StateLifetime() {}

    /**
     * Returns the configured life, or a day.
     *
     * @throws InvalidSetting if it is out of its bounds
     */
    public static Duration from(Map<String, String> environment) {
        return Duration.ofSeconds(new EnvironmentVariables(environment)
                .integer(SETTING, (int) StateWrite.DEFAULT_TTL_SECONDS, 1, (int) StateWrite.MAX_TTL_SECONDS));
    }
}
