// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.apikeys.IssueRequest;
import dev.gatehouse.apikeys.KeyDetails;
import dev.gatehouse.apikeys.KeyId;
import dev.gatehouse.apikeys.KeySecret;
import dev.gatehouse.apikeys.OwnerId;
import dev.gatehouse.apikeys.RedisIssuedKeys;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Issues API keys. */
public final class TestKeys {

    private TestKeys() {}

    /** Issues a key of the tenant {@code default}, and returns its text. */
    public static String issue(RedisProcess redis, String owner, String... scopes) {
        try (var link = RedisLink.to(RedisSettings.fromEnvironment(TestSessions.environment(redis)))) {
            return issue(link, "default", owner, scopes).text("gk");
        }
    }

    static KeySecret issue(RedisLink link, String tenant, String owner, String... scopes) {
        var secret = KeySecret.random(new OwnerId(owner));
        var details = new KeyDetails(null, new TreeSet<>(List.of(scopes)), "{}");
        var request = IssueRequest.of(new OwnerId(owner), secret, "gk", details, OptionalLong.empty());
        new RedisIssuedKeys(link)
                .issue(tenant, request, deadline())
                .toCompletableFuture()
                .join();
        return secret;
    }

    static void revoke(RedisLink link, String tenant, KeyId id) {
        new RedisIssuedKeys(link)
                .revoke(tenant, id, deadline())
                .toCompletableFuture()
                .join();
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
