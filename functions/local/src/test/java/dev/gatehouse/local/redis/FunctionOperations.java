// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The operations of one function, which together run each command of its scripts. They fail if Redis rejects one of them. */
interface FunctionOperations {

    void run(Access access);

    /** The operations by the name of the function in the table of least rights. */
    static Map<String, FunctionOperations> all() {
        var all = new LinkedHashMap<String, FunctionOperations>();
        all.put("idempotency", DecisionOperations::idempotency);
        all.put("rate-limit", DecisionOperations::rateLimit);
        all.put("session", DecisionOperations::session);
        all.put("api-keys", DecisionOperations::apiKeys);
        all.put("cache", StoreOperations::cache);
        all.put("state", StoreOperations::state);
        all.put("realtime", StoreOperations::realtime);
        all.put("jobs", JobOperations::jobs);
        all.put("health", StoreOperations::health);
        return all;
    }

    /**
     * The access of one user.
     *
     * @param redis the server, for reading as another user
     * @param link uses the clock of Redis or, if the settings say so, that of the caller
     * @param later uses a clock that is two minutes ahead
     */
    record Access(RedisProcess redis, RedisLink link, RedisLink later, String tenant) implements AutoCloseable {

        /** @param clock a value of {@code REDIS_CLOCK} */
        static Access to(RedisProcess redis, String url, String clock) {
            return new Access(
                    redis,
                    RedisLink.to(settings(url, clock)),
                    RedisLink.to(settings(url, "caller"), () -> MicroClock.now() + TimeUnit.MINUTES.toMicros(2)),
                    "tenant-" + UUID.randomUUID());
        }

        private static RedisSettings settings(String url, String clock) {
            return RedisSettings.fromEnvironment(Map.of(
                    "REDIS_URL",
                    url,
                    "REDIS_CLOCK",
                    clock,
                    "REDIS_CONNECTION_TIMEOUT",
                    "5000",
                    "REDIS_COMMAND_TIMEOUT",
                    "5000"));
        }

        @Override
        public void close() {
            link.close();
            later.close();
        }
    }

    /** Returns the value of a decision, which Redis must have made. */
    static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = join(stage);
        assertThat(decision).isInstanceOf(Decided.class);
        var decided = (Decided<T>) decision;
        assertThat(decided.source()).isEqualTo(Source.REDIS);
        return decided.value();
    }

    static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .copy()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
