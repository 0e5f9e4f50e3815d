package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Reply;
import java.time.Duration;

/** What came of a trial. */
public sealed interface Finding {

    /** For {@link Refused#code}: no error, but not the answer that was expected either. */
    String OTHER_ANSWER = "OTHERWISE";

    Trial trial();

    /**
     * Redis did it.
     *
     * @param latency from asking to the answer, as a caller sees it
     */
    record Passed(Trial trial, Duration latency) implements Finding {}

    /**
     * Redis answered, and did not do it.
     *
     * @param code first word of its error, or {@link #OTHER_ANSWER}
     */
    record Refused(Trial trial, String code) implements Finding {}

    /** No answer, or it was not asked. */
    record Unanswered(Trial trial, Reply.Trouble trouble) implements Finding {}

    default boolean passed() {
        return this instanceof Passed;
    }
}
