// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.TokenReuse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClusterAuthorizerTest extends AccessContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    private final Authorizer authorizer = new RedisAuthorizer(REDIS.link(), null, TokenReuse.LOG);

    @Override
    Authorizer authorizer() {
        return authorizer;
    }

    @Override
    SessionStore sessions() {
        return new RedisSessions(REDIS.link());
    }

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(REDIS.link());
    }

    @Override
    Source source() {
        return Source.REDIS;
    }

    @Test
    void authorizesUsersOnEveryNode() {
        for (int i = 0; i < 30; i++) {
            var user = begin("user-" + i);
            assertThat(decide(user.token(), List.of(TEN, TWO), List.of())).isInstanceOf(Authorized.class);
        }
        for (var node : REDIS.cluster().masters()) {
            assertThat((List<?>) node.cli("KEYS", "gh:{" + tenant() + ":*}:rl:ten"))
                    .isNotEmpty();
        }
    }
}
