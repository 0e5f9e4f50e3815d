// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** {@link RedisIssuedKeys} on a cluster, with keys on different nodes. */
class ClusterIssuedKeysTest extends IssuedKeysContract {

    private static final AtomicLong NOW = new AtomicLong();
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
    IssuedKeyStore keys() {
        return new RedisIssuedKeys(link);
    }

    @Override
    AtomicLong clock() {
        return NOW;
    }

    @Override
    Source source() {
        return Source.REDIS;
    }
}
