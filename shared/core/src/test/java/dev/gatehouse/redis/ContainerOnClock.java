package dev.gatehouse.redis;

import dev.gatehouse.testkit.redis.RedisContainer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The Redis of the container suite, which is newer than the embedded one, and a link to it whose scripts use a test's clock, in
 * microseconds. Both start when they are first used. A static field with {@code @RegisterExtension} closes them after the tests
 * of its class.
 */
public final class ContainerOnClock implements AfterAllCallback {

    private final LongSupplier micros;
    private @Nullable RedisContainer redis;
    private @Nullable RedisLink link;

    public ContainerOnClock(LongSupplier micros) {
        this.micros = micros;
    }

    /** Returns the link, the same one each time. */
    public synchronized RedisLink link() {
        if (link == null) {
            redis = RedisContainer.published().start();
            link = LinkOnClock.toServer(redis.port(), micros);
        }
        return link;
    }

    @Override
    public synchronized void afterAll(ExtensionContext context) {
        if (link != null) {
            link.close();
        }
        if (redis != null) {
            redis.close();
        }
    }
}
