package dev.gatehouse.fallback;

import dev.gatehouse.redis.OutageListener;
import dev.gatehouse.redis.RedisLink;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that Redis is gone and once that it is back, and then has dropped what was decided meanwhile: Redis's word
 * counts again, and local memory was never more than a stand-in for it. One for each link.
 */
@Singleton
public final class Outage {

    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final List<Runnable> onRecovery = new CopyOnWriteArrayList<>();

    public Outage(RedisLink link) {
        link.addOutageListener(new Watch(link.settings().maskedUrl()));
    }

    /** Has {@code drop} run after each outage. It must be quick and must not block. */
    public void onRecovery(Runnable drop) {
        onRecovery.add(drop);
    }

    private final class Watch implements OutageListener {

        private final String where;

        Watch(String where) {
            this.where = where;
        }

        @Override
        public void lost(String why) {
            LOG.warn("Redis at {} is lost: {}. Decisions are made by the fallback policies.", where, why);
        }

        @Override
        public void regained(Duration outage) {
            onRecovery.forEach(Runnable::run);
            LOG.info("Redis at {} is back after {} ms. Local decisions are dropped.", where, outage.toMillis());
        }
    }
}
