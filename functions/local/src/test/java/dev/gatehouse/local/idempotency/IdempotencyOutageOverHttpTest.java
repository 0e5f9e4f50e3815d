// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests claims over HTTP while Redis does not reply, by each policy. */
class IdempotencyOutageOverHttpTest extends IdempotencyApi {

    @Test
    void replaysOnlyCachedResultsWithoutRedisIfThePolicyIsClosed() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), Map.of())) {
            var caller = TestServer.caller(alone);
            var owner = owner(caller.post(CLAIM, json("{'key':'done','fingerprint':'f'}")));
            caller.post(COMPLETE, json("{'key':'done','owner':'" + owner + "','response':" + RESPONSE + "}"));
            gone.kill();

            var response = caller.post(CLAIM, json("{'key':'new'}"));
            Caller.assertProblem(response, 503, "store-unavailable");
            assertThat(response.header("Retry-After")).isEqualTo("1");
            assertThat((String) response.body().get("owner")).matches("[A-Za-z0-9_-]{22}");
            for (var path : List.of(COMPLETE, RELEASE, EXTEND, INSPECT, INVALIDATE)) {
                var more =
                        switch (path) {
                            case COMPLETE -> ",'owner':'o','response':" + RESPONSE;
                            case RELEASE -> ",'owner':'o'";
                            case EXTEND -> ",'owner':'o','leaseMillis':1000";
                            default -> "";
                        };
                var refused = caller.post(path, json("{'key':'new'" + more + "}"));
                Caller.assertProblem(refused, 503, "store-unavailable");
                assertThat(refused.header("Retry-After")).isEqualTo("1");
                assertThat((String) refused.body().get("detail")).contains("safe to repeat");
            }
            var replayed = caller.post(CLAIM, json("{'key':'done','fingerprint':'f'}"));
            assertThat(replayed.status()).isEqualTo(200);
            assertThat(replayed.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(replayed.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(replayed.body()).containsEntry("degraded", true);
            assertThat(caller.post(CLAIM, json("{'key':'done','fingerprint':'g'}"))
                            .status())
                    .isEqualTo(422);
        }
    }

    @Test
    void decidesInMemoryWithoutRedisIfThePolicyIsLocal() throws IOException {
        var local = Map.of("GATEHOUSE_IDEMPOTENCY_WHEN_DOWN", "local");
        try (var gone = RedisProcess.start();
                var one = server(gone.url(), local);
                var other = server(gone.url(), local)) {
            gone.kill();
            var first = TestServer.caller(one);
            var second = TestServer.caller(other);

            var claimed = first.post(CLAIM, json("{'key':'k'}"));
            assertThat(claimed.status()).isEqualTo(201);
            assertThat(claimed.body()).containsEntry("degraded", true);
            assertThat(claimed.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(first.post(CLAIM, json("{'key':'k'}")).status()).isEqualTo(409);
            assertThat(second.post(CLAIM, json("{'key':'k'}")).status())
                    .as("work is done twice only by several instances")
                    .isEqualTo(201);
            assertThat(first.post(
                                    COMPLETE,
                                    json("{'key':'k','owner':'" + owner(claimed) + "','response':" + RESPONSE + "}"))
                            .body())
                    .containsEntry("degraded", true);
            assertThat(first.post(CLAIM, json("{'key':'k'}")).status()).isEqualTo(200);
        }
    }

    @Test
    void replaysNothingWithoutRedisIfThatIsDisabled() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), Map.of("GATEHOUSE_REPLAYS_WHEN_DOWN", "closed"))) {
            var caller = TestServer.caller(alone);
            var owner = owner(caller.post(CLAIM, json("{'key':'done'}")));
            caller.post(COMPLETE, json("{'key':'done','owner':'" + owner + "','response':" + RESPONSE + "}"));
            gone.kill();
            assertThat(caller.post(CLAIM, json("{'key':'done'}")).status()).isEqualTo(503);
        }
    }

    @Test
    void repeatsAClaimWhoseReplyWasLost() throws IOException {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = server("redis://127.0.0.1:" + wire.port(), Map.of())) {
            var caller = TestServer.caller(behind);
            caller.post(CLAIM, json("{'key':'" + UUID.randomUUID() + "'}"));
            wire.swallowNextReplyAndReset();

            var response = caller.post(CLAIM, json("{'key':'" + key + "'}"));

            assertThat(response.status()).isEqualTo(201);
            assertThat(response.body()).containsEntry("attempt", 1);
            assertThat(claim("").status()).isEqualTo(409);
            assertThat(claim(",'owner':'" + owner(response) + "'").status()).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GATEHOUSE_IDEMPOTENCY_WHEN_DOWN", "GATEHOUSE_REPLAYS_WHEN_DOWN"})
    void failsTheStartIfASettingIsInvalid(String setting) {
        assertThatThrownBy(() -> server(redis.url(), Map.of(setting, "open")).close())
                .hasStackTraceContaining(setting + " must be ");
    }
}
