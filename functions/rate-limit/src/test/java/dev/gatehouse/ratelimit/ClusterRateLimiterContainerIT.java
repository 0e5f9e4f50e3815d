// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.ContainerCluster;
import dev.gatehouse.testkit.redis.RedisContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** The contract on a cluster of the container suite's Redis. */
@Timeout(60)
class ClusterRateLimiterContainerIT extends DelayContract {

    private static ContainerCluster cluster;
    private static RedisLink link;

    @BeforeAll
    static void start() {
        cluster = ContainerCluster.start();
        link = LinkOnClock.toCluster(
                cluster.nodes().stream().map(RedisContainer::port).toList(), NOW::get);
    }

    @AfterAll
    static void stop() {
        link.close();
        cluster.close();
    }

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(link);
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
