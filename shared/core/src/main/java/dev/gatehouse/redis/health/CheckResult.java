package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Reply;
import java.time.Duration;

/** The result of one {@link HealthCheck}. */
public sealed interface CheckResult {

    /** The value of {@link Refused#code} for a reply that is no error but not the expected one either. */
    String OTHER_ANSWER = "OTHERWISE";

    HealthCheck check();

    /**
     * Redis performed the check.
     *
     * @param latency from sending to the reply, as a caller sees it
     */
    record Passed(HealthCheck check, Duration latency) implements CheckResult {}

    /**
     * Redis replied and did not perform the check.
     *
     * @param code the first word of Redis's error, or {@link #OTHER_ANSWER}
     */
    record Refused(HealthCheck check, String code) implements CheckResult {}

    /** Redis did not reply, or the command was not sent. */
    record Unanswered(HealthCheck check, Reply.FailureReason reason) implements CheckResult {}

    default boolean passed() {
        return this instanceof Passed;
    }
}
