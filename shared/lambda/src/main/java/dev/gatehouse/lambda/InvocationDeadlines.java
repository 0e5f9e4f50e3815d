package dev.gatehouse.lambda;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.web.Deadlines;
import jakarta.inject.Singleton;
import java.time.Duration;

/** A decision has the budget of Redis's settings, or what is left of the invocation less what its answer takes. */
@Singleton
final class InvocationDeadlines implements Deadlines {

    /** For writing the answer and handing it to Lambda. */
    private static final Duration MARGIN = Duration.ofMillis(50);

    private final Duration budget;

    InvocationDeadlines(RedisSettings settings) {
        this.budget = settings.decisionBudget();
    }

    @Override
    public Deadline afterWaiting(Duration wait) {
        if (!Invocation.CURRENT.isBound()) {
            return Deadline.in(budget.plus(wait));
        }
        var end = Invocation.CURRENT.get().end();
        return new Deadline(end.nanoTime() - MARGIN.toNanos()).atMost(budget.plus(wait));
    }
}
