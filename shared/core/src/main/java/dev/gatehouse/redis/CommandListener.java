// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receives the outcome of every command: names, never values. Called on the thread that read the reply, before the caller
 * receives it. Must not block; its time adds to each decision.
 */
@FunctionalInterface
public interface CommandListener {

    /**
     * Reports one outcome.
     *
     * @param script the name; null for any other command
     * @param keys the keys of the script, in which subjects are hashed; empty for any other command
     * @param reply the outcome; its value belongs to the caller
     * @param nanos the time from sending to reply; 0 if nothing was sent
     */
    void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos);
}
