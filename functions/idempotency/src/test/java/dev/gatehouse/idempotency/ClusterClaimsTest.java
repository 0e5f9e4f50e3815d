package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** {@link RedisClaims} on a cluster, with keys on different nodes. */
class ClusterClaimsTest extends ClaimsContract {

    private static RedisCluster cluster;
    private static RedisLink link;

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
    ClaimStore claims() {
        return new RedisClaims(link);
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }

    @AfterEach
    void noKeyLivesForEver() {
        for (var node : cluster.masters()) {
            for (var key : (List<?>) node.cli("KEYS", "*")) {
                assertThat((Long) node.cli("PTTL", (String) key)).as("%s", key).isNotEqualTo(-1);
            }
        }
    }
}
