// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import java.time.Duration;

/**
 * The result of one {@link HealthCheck}.
 *
 * @param reply answered with the latency, from sending to the reply, if Redis performed the check. Refused with
 *     {@value #UNEXPECTED} if it replied with another value than expected
 */
public record CheckResult(HealthCheck check, Reply<Duration> reply) {

    /** The code of a reply that is no error but has an unexpected value. */
    static final String UNEXPECTED = "UNEXPECTED";

    public boolean passed() {
        return reply instanceof Answered;
    }
}
