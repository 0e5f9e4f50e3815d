// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LambdaFunctionIT {

    private static final String HANDLER = "io.micronaut.function.aws.proxy.payload2.APIGatewayV2HTTPEventFunction";
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @Test
    void annotationsLimitAndReplayTheRoutesOfAFunctionOnLambda() {
        try (var redis = RedisProcess.start();
                var function = LambdaPackage.function(HANDLER, redis.url()).start()) {
            var get = HttpPackage.event("GET", "/orders/ann", "");
            var post = HttpPackage.event("POST", "/orders", "{}")
                    .replace("\"host\":", "\"idempotency-key\": \"key-1\", \"host\":");

            assertThat(function.invoke(get, TIMEOUT).response()).contains("\"statusCode\":200");
            assertThat(function.invoke(get, TIMEOUT).response()).contains("\"statusCode\":429");
            assertThat(function.invoke(post, TIMEOUT).response()).contains("\"statusCode\":201", "order 1");
            assertThat(function.invoke(post, TIMEOUT).response())
                    .contains("\"statusCode\":201", "order 1")
                    .containsIgnoringCase("idempotent-replayed");
        }
    }
}
