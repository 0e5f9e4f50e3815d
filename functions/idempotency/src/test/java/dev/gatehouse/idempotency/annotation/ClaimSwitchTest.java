package dev.gatehouse.idempotency.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.idempotency.annotation.OrderService.Order;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.Environment;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The setting {@code GATEHOUSE_IDEMPOTENCY}. */
class ClaimSwitchTest {

    private static ApplicationContext program(String value, String environment) {
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .environments(environment)
                .properties(Map.of("gatehouse.idempotency", value, "orders", "true"))
                // Nothing listens there.
                .singletons(RedisSettings.of("127.0.0.1", 1))
                .start();
    }

    @Test
    void inTestsEveryCallRunsTheMethodWithoutRedis() {
        try (var program = program("off", Environment.TEST)) {
            var orders = program.getBean(OrderService.class);
            var id = UUID.randomUUID().toString();
            int first = orders.pay(Order.of(id, 7)).run();

            assertThat(orders.pay(Order.of(id, 8)).run()).isEqualTo(first + 1);
            assertThat(orders.enclosing(id, () -> orders.enclosing(id, () -> "nested")))
                    .endsWith("nested");
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
            var orders = program.getBean(OrderService.class);
            assertThatThrownBy(() -> orders.pay(Order.of("any", 7)))
                    .isInstanceOf(IdempotencyFailure.StoreUnavailable.class);
        }
    }
}
