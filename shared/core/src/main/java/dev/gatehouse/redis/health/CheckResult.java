package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Reply;
import java.time.Duration;

/** What came of a trial. */
public sealed interface CheckResult {

    /** For {@link Refused#code}: no error, but not the answer that was expected either. */
    String OTHER_ANSWER = "OTHERWISE";

    HealthCheck trial();

    /**
     * Redis did it.
     *
     * @param latency from asking to the answer, as a caller sees it
     */
    record Passed(HealthCheck trial, Duration latency) implements CheckResult {}

    /**
     * Redis answered, and did not do it.
     *
     * @param code first word of its error, or {@link #OTHER_ANSWER}
     */
    record Refused(HealthCheck trial, String code) implements CheckResult {}

    /** No answer, or it was not asked. */
    record Unanswered(HealthCheck trial, Reply.FailureReason trouble) implements CheckResult {}

    default boolean passed() {
        return this instanceof Passed;
    }
}
