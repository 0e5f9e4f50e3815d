// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainProgramIT {

    @Test
    void aProgramWithoutMicronautUsesEachCapability() throws Exception {
        try (var redis = RedisProcess.start()) {
            var program = Program.start(
                    "plain",
                    "com.example.PlainProgram",
                    Map.of(
                            "REDIS_URL",
                            redis.url(),
                            "REDIS_CONNECTION_TIMEOUT",
                            "20000",
                            "REDIS_COMMAND_TIMEOUT",
                            "20000"));

            var output = Program.output(program);

            assertThat(program.waitFor()).as(output).isZero();
            assertThat(output.lines().filter(line -> line.matches("(limit|work|session|lookup|cache|state) .*")))
                    .containsExactly(
                            "limit allowed=true degraded=false",
                            "limit allowed=false degraded=false",
                            "work Done",
                            "work Replayed",
                            "session Created",
                            "lookup Found",
                            "cache Loaded 42",
                            "cache Found 42",
                            "state Saved",
                            "state Saved");
        }
    }
}
