package dev.gatehouse.lambda;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.web.Deadlines;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Deadlines by the budget of Redis's settings, but before the end of the invocation less a margin. */
@Singleton
final class InvocationDeadlines implements Deadlines {

    /** For writing the response and handing it to Lambda. */
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
