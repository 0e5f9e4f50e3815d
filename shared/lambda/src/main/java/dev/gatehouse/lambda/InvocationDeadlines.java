package dev.gatehouse.lambda;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.web.Deadlines;
import jakarta.inject.Singleton;
import java.time.Duration;

/** The deadlines of decisions: the budget in the settings of Redis, and the end of the invocation less a margin. */
@Singleton
final class InvocationDeadlines implements Deadlines {

    /** The time to write the response and return it to Lambda. */
    private static final Duration MARGIN = Duration.ofMillis(50);

    private final Duration budget;

    InvocationDeadlines(RedisSettings settings) {
        this.budget = settings.decisionBudget();
    }

    @Override
    public Deadline afterWaiting(Duration wait) {
        var end = Invocation.currentEnd();
        return end == null
                ? Deadline.in(budget.plus(wait))
                : new Deadline(end.nanoTime() - MARGIN.toNanos()).atMost(budget.plus(wait));
    }
}
