package dev.gatehouse.apikeys;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisContainer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** The contract on the Redis of the container suite, which is newer than the embedded one. */
@Timeout(60)
class RedisIssuedKeysContainerIT extends IssuedKeysContract {

    private static final AtomicLong NOW = new AtomicLong();
    private static RedisContainer redis;
    private static RedisLink link;

    @BeforeAll
    static void start() {
        redis = RedisContainer.published().start();
        link = LinkOnClock.toServer(redis.port(), NOW::get);
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
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
