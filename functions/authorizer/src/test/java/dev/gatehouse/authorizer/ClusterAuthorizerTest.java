package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.TokenReuse;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClusterAuthorizerTest extends AccessContract {

    private static RedisCluster cluster;
    private static RedisLink link;

    private final Authorizer authorizer = new RedisAuthorizer(link, null, TokenReuse.LOG);

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
        link = LinkOnClock.toCluster(
                cluster.masters().stream().map(RedisProcess::port).toList(), NOW::get);
    }

    @AfterAll
    static void stop() {
        link.close();
        cluster.close();
    }

    @Override
    Authorizer authorizer() {
        return authorizer;
    }

    @Override
    SessionStore sessions() {
        return new RedisSessions(link);
    }

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(link);
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
        for (var node : cluster.masters()) {
            assertThat((List<?>) node.cli("KEYS", "gh:{" + tenant() + ":*}:rl:ten"))
                    .isNotEmpty();
        }
    }
}
