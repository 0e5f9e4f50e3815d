// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.Environment;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The setting {@code GATEHOUSE_IDEMPOTENCY}. */
class ClaimSwitchTest {

    @Singleton
    @Requires(property = "counter")
    static class Counter {

        private final AtomicInteger runs = new AtomicInteger();

        @Idempotent(key = "#{id}", fingerprint = "#{amount}")
        int count(String id, int amount) {
            return runs.incrementAndGet();
        }
    }

    private static ApplicationContext program(String value, String environment) {
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .environments(environment)
                .properties(Map.of("gatehouse.idempotency", value, "counter", "true"))
                // Nothing listens there.
                .singletons(RedisSettings.of("127.0.0.1", 1))
                .start();
    }

    @Test
    void inTestsEveryCallRunsTheMethodWithoutRedis() {
        try (var program = program("off", Environment.TEST)) {
            var counter = program.getBean(Counter.class);

            assertThat(counter.count("one", 7)).isEqualTo(1);
            assertThat(counter.count("one", 8)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "off, production, 'GATEHOUSE_IDEMPOTENCY may be off only in Micronaut''s environment \"test\"'",
        "maybe, test, GATEHOUSE_IDEMPOTENCY must be on or off"
    })
    void anyOtherProgramDoesNotStart(String value, String environment, String problem) {
        assertThatThrownBy(() -> program(value, environment).close()).hasStackTraceContaining(problem);
    }

    @ParameterizedTest
    @CsvSource({"on", "''"})
    void claimsAreOnOtherwise(String value) {
        try (var program = program(value, Environment.TEST)) {
            var counter = program.getBean(Counter.class);
            assertThatThrownBy(() -> counter.count("one", 7)).isInstanceOf(IdempotencyFailure.StoreUnavailable.class);
        }
    }
}
