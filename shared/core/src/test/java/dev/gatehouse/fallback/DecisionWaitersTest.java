// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class DecisionWaitersTest {

    private static final Decision<String> PENDING = new Decided<>("pending", Source.REDIS);
    private static final Decision<String> FINAL = new Decided<>("final", Source.REDIS);

    private final LinkedBlockingQueue<CompletableFuture<Decision<String>>> polls = new LinkedBlockingQueue<>();
    private final DecisionWaiters<String> waiters = new DecisionWaiters<>(
            1, value -> value.equals("pending") ? Optional.of(Duration.ofMinutes(1)) : Optional.empty());

    @Test
    void aWakeDuringAPollIsFollowedByAnotherPollAtOnce() throws Exception {
        var outcome = waiters.await(
                        "tenant",
                        "subject",
                        PENDING,
                        this::poll,
                        new CompletableFuture<>(),
                        Deadline.in(Duration.ofSeconds(20)),
                        Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture();
        var first = polls.take();
        await().until(() -> first.getNumberOfDependents() > 0);

        waiters.wake("subject");
        first.complete(PENDING);

        assertThat(polls).as("a poll without a pause").hasSize(1);
        polls.take().complete(FINAL);
        assertThat(outcome.join()).isEqualTo(FINAL);
        assertThat(waiters.waiting("tenant")).isZero();
    }

    private CompletableFuture<Decision<String>> poll() {
        var poll = new CompletableFuture<Decision<String>>();
        polls.add(poll);
        return poll;
    }
}
