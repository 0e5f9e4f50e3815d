package dev.gatehouse.web;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Duration;

/** On a server nothing ends a request but the budget that Redis's settings give a decision. */
@Singleton
@Requires(missingBeans = Deadlines.class)
final class ServerDeadlines implements Deadlines {

    private final Duration budget;

    ServerDeadlines(RedisSettings settings) {
        this.budget = settings.decisionBudget();
    }

    @Override
    public Deadline afterWaiting(Duration wait) {
        return Deadline.in(budget.plus(wait));
    }
}
