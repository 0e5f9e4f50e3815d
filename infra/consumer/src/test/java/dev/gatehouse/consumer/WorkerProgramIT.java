// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerProgramIT {

    @Test
    void aMicronautProgramWithoutHttpRunsAMethodOncePerKey() throws Exception {
        try (var redis = RedisProcess.start()) {
            var program = Program.start(
                    "worker",
                    "com.example.OrderWorker",
                    Map.of(
                            "REDIS_URL",
                            redis.url(),
                            "REDIS_CONNECTION_TIMEOUT",
                            "5000",
                            "REDIS_COMMAND_TIMEOUT",
                            "2000"));

            var output = Program.output(program);

            assertThat(program.waitFor()).as(output).isZero();
            assertThat(output.lines().filter(line -> line.startsWith("Receipt")))
                    .containsExactly("Receipt[order=order-1, number=1]", "Receipt[order=order-1, number=1]");
            assertThat(redis.calls("evalsha") + redis.calls("eval")).isPositive();
            assertThat(ConsumerRuns.jars("worker"))
                    .noneMatch(jar -> jar.matches("(gatehouse-web|micronaut-(http-server|router)).*"));
        }
    }
}
