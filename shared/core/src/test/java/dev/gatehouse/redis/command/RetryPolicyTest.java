// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {

    private static final RetryPolicy SECONDS =
            RetryPolicy.untilRecovery(5, Duration.ofSeconds(2), Duration.ofSeconds(10));

    @Test
    void doublesTheLongestPauseUpToTheMaximum() {
        long[] longest = {2, 4, 8, 10, 10};
        for (var retry = 0; retry < longest.length; retry++) {
            var attempt = retry;
            var pauses = LongStream.range(0, 1_000)
                    .map(_ -> SECONDS.pauseNanos(attempt))
                    .summaryStatistics();
            var bound = longest[retry] * 1_000_000_000;
            assertThat(pauses.getMin()).isBetween(0L, bound / 20);
            assertThat(pauses.getMax()).isBetween(bound - bound / 20, bound);
        }
        assertThat(new RetryPolicy(100, Duration.ofHours(1), Duration.ofHours(1), true).pauseNanos(99))
                .isBetween(0L, Duration.ofHours(1).toNanos());
    }

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void retriesOnlyWhatWasNotSent(FailureReason reason) {
        assertThat(SECONDS.isRetryable(new Unknown<>(reason), 0)).isFalse();
        assertThat(SECONDS.isRetryable(new Refused<>("LOADING"), 0)).isFalse();
        assertThat(SECONDS.isRetryable(new Answered<>("OK"), 0)).isFalse();
    }

    @Test
    void endsAfterItsRetriesAndWaitsForAnOpenCircuitOnlyIfWanted() {
        Reply<String> refused = new NotSent<>(FailureReason.NOT_CONNECTED);
        Reply<String> open = new NotSent<>(FailureReason.CIRCUIT_OPEN);

        assertThat(SECONDS.isRetryable(refused, 4)).isTrue();
        assertThat(SECONDS.isRetryable(refused, 5)).isFalse();
        assertThat(SECONDS.isRetryable(open, 0)).isTrue();
        assertThat(RetryPolicy.DEFAULT.isRetryable(refused, 0)).isTrue();
        assertThat(RetryPolicy.DEFAULT.isRetryable(open, 0)).isFalse();
        assertThat(RetryPolicy.NONE.isRetryable(refused, 0)).isFalse();
        assertThat(SECONDS.isRetryable(new NotSent<>(FailureReason.DEADLINE), 0))
                .isFalse();
        assertThat(SECONDS.isRetryable(new NotSent<>(FailureReason.CLOSED), 0)).isFalse();
    }

    @Test
    void rejectsValuesOutOfBounds() {
        var second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new RetryPolicy(-1, second, second, true)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new RetryPolicy(101, second, second, true)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new RetryPolicy(1, Duration.ZERO, second, true))
                .isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new RetryPolicy(1, second, Duration.ofMillis(999), true))
                .isInstanceOf(InvalidArgument.class);
    }
}
