// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import jakarta.inject.Singleton;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods with settings out of their bounds, one for each program. */
class InvalidIdempotentTest {

    @Singleton
    @Requires(property = "invalid", value = "lease")
    static class Lease {
        @Idempotent(key = "k", leaseMillis = 0)
        void work() {}
    }

    @Singleton
    @Requires(property = "invalid", value = "ttl")
    static class Ttl {
        @Idempotent(key = "k", ttlSeconds = 31_536_001)
        void work() {}
    }

    @Singleton
    @Requires(property = "invalid", value = "scope")
    static class Scope {
        @Idempotent(key = "k", scope = "a scope")
        void work() {}
    }

    @Singleton
    @Requires(property = "invalid", value = "status")
    static class StoredStatus {
        @Idempotent(key = "k", storeStatuses = 600)
        void work() {}
    }

    @Singleton
    @Requires(property = "invalid", value = "keyless")
    static class Keyless {
        @Idempotent
        void work() {}
    }

    @Controller("/invalid")
    @Requires(property = "invalid", value = "keyless-route")
    static class KeylessRoute {
        @Post
        @Idempotent(fingerprint = "#{amount}")
        void work(int amount) {}
    }

    @ParameterizedTest
    @CsvSource({
        "lease, leaseMillis must be 1 to 86400000",
        "ttl, ttlSeconds must be 1 to 31536000",
        "scope, scope must be at most 128 visible",
        "status, storeStatuses must be 100 to 599",
        "keyless, 'needs a key, because the method is not a route'",
        "keyless-route, 'has a scope or a fingerprint, but no key'"
    })
    void aSettingOutOfItsBoundsStopsTheStart(String invalid, String problem) {
        assertThatThrownBy(() -> ApplicationContext.builder()
                        .deduceEnvironment(false)
                        .properties(Map.of("invalid", invalid))
                        .singletons(RedisSettings.of("127.0.0.1", 1))
                        .start()
                        .close())
                .hasStackTraceContaining("@Idempotent of dev.gatehouse.idempotency.annotation.InvalidIdempotentTest$")
                .hasStackTraceContaining("work " + problem);
    }
}
