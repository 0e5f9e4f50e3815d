// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.testkit.lambda.Deployment;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.redis.MovableName;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests a failover by DNS: the name of Redis gets the address of the promoted replica. */
@Isolated("measures")
class MovedNameIT {

    /** Each claim that begins later is granted; one that begins earlier may take as long as the machine needs. */
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final AtomicInteger keys = new AtomicInteger();

    private boolean isClaimed(FunctionProcess function) {
        var event = HttpPackage.post("/v1/idempotency/claims", "{\"key\":\"k%d\"}".formatted(keys.incrementAndGet()));
        return function.invoke(event, Duration.ofSeconds(60)).response().contains("\"statusCode\":201");
    }

    @ParameterizedTest
    @CsvSource({"true, ZIP", "false, IMAGE"})
    void claimsAreGrantedAgainSoonAfterTheNameHasMoved(boolean demotedGoesOn, Deployment deployment) {
        try (var first = RedisProcess.start();
                var second = RedisProcess.setup()
                        .host("127.0.0.2")
                        .port(first.port())
                        .replicaOf(first)
                        .start();
                var name = MovableName.of(first.host());
                var function = deployment
                        .of(HttpPackage.underTest().on("redis://" + MovableName.NAME + ":" + first.port()))
                        .jvmOptions(name.jvmOption())
                        .env("REDIS_CONNECTION_TIMEOUT", "5000")
                        .env("REDIS_COMMAND_TIMEOUT", "5000")
                        .start()) {
            await().atMost(Duration.ofSeconds(60)).until(() -> isClaimed(function));

            second.cli("REPLICAOF", "NO", "ONE");
            if (demotedGoesOn) {
                first.cli("REPLICAOF", second.host(), Integer.toString(second.port()));
            } else {
                first.kill();
            }
            assertThat(isClaimed(function)).isFalse();
            name.moveTo(second.host());

            var bound = Deadline.in(BOUND);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        var isLate = bound.isSpent();
                        var isClaimed = isClaimed(function);
                        assertThat(isClaimed || !isLate)
                                .as("claimed within the bound")
                                .isTrue();
                        return isClaimed;
                    });
        }
    }
}
