// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.lambda.SnapshotCheck;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Starts the package for a snapshot, by AWS's runtime client. */
@ConcurrentTests
class SnapshotIT {

    @Test
    void itIsPrimedWithoutAConnectionAndDecidesOnRedisAfterwards() {
        var event = HttpPackage.post("/v1/sessions", "{\"userId\":\"ada\"}");
        try (var redis = RedisProcess.start();
                var function = SnapshotCheck.of(HttpPackage.underTest().on(redis.url()))) {
            function.runtime().restore();

            assertThat(function.invoke(event, Duration.ofSeconds(60)).response())
                    .contains("\"userId\\\":\\\"ada")
                    .contains("\"Gatehouse-Source\":\"redis\"");
            assertThat(redis.clients()).hasSize(1);
        }
    }
}
