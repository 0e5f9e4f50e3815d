// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.lambda.SnapshotCheck;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The package, started for a snapshot as Lambda does it, by Lambda's own runtime client. */
@ConcurrentTests
class SnapshotIT {

    @Test
    void primingNeedsNoConnection() {
        var event = HttpPackage.post(
                "/v1/rate-limits/check",
                "{\"limits\":[{\"name\":\"n\",\"subject\":\"s\",\"limit\":10,\"windowSeconds\":60}]}");
        try (var redis = RedisProcess.start();
                var function = SnapshotCheck.of(HttpPackage.underTest().on(redis.url()))) {
            function.runtime().restore();

            assertThat(function.invoke(event, Duration.ofSeconds(60)).response())
                    .contains("\"allowed\\\":true")
                    .contains("\"Gatehouse-Source\":\"redis\"");
            assertThat(redis.clients()).hasSize(1);
        }
    }
}
