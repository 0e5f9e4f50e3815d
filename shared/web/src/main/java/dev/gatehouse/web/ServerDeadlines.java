// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Duration;

/** The deadlines on a server: the budget of a decision in the settings of Redis. */
@Singleton
@Requires(missingBeans = DeadlineFactory.class)
final class ServerDeadlines implements DeadlineFactory {

    private final Duration budget;

    ServerDeadlines(RedisSettings settings) {
        this.budget = settings.decisionBudget();
    }

    @Override
    public Deadline afterWaiting(Duration wait) {
        return Deadline.in(budget.plus(wait));
    }
}
