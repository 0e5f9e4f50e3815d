// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Creation;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.UserId;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.Map;

/** Creates sessions for tests. */
public final class TestSessions {

    /** The token of no session. */
    public static final String UNKNOWN_TOKEN = "a".repeat(12) + "." + "a".repeat(16) + "." + "a".repeat(43);

    private TestSessions() {}

    /** Returns settings whose timeouts suit a busy machine. */
    public static Map<String, String> environment(RedisProcess redis) {
        return Map.of("REDIS_URL", redis.url(), "REDIS_COMMAND_TIMEOUT", "10000", "REDIS_CONNECTION_TIMEOUT", "10000");
    }

    /** Creates a session of the tenant {@code default}. */
    public static SessionToken create(RedisProcess redis, String user) {
        return create(redis, user, Attributes.NONE);
    }

    /** Creates a session of the tenant {@code default}. */
    public static SessionToken create(RedisProcess redis, String user, Attributes attributes) {
        try (var link = RedisLink.to(RedisSettings.fromEnvironment(environment(redis)))) {
            return create(new RedisSessions(link), "default", user, attributes).token();
        }
    }

    /** Returns attributes. */
    public static Attributes attributes(String name, String json) {
        return new Attributes(Map.of(name, new Attributes.Attribute.Value(json)));
    }

    static SessionAndToken create(SessionStore sessions, String tenant, String user) {
        return create(sessions, tenant, user, Attributes.NONE);
    }

    static SessionAndToken create(SessionStore sessions, String tenant, String user, Attributes attributes) {
        var request = SessionRequest.of(
                new UserId(user),
                attributes,
                Device.UNKNOWN,
                SessionRequest.DEFAULT_IDLE_SECONDS,
                SessionRequest.DEFAULT_ABSOLUTE_SECONDS,
                100,
                SessionRequest.OnLimit.EVICT_OLDEST);
        var created = (Decided<Creation>) sessions.create(tenant, request, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        return new SessionAndToken(request.token(), ((Creation.Created) created.value()).session());
    }
}
