// SPDX-License-Identifier: Apache-2.0
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
 * Logs the start and the end of each outage of Redis, once each. At the end it runs the actions by which the capabilities
 * drop their local decisions, or offer them to Redis, because those of Redis apply again. A link has one instance.
 */
@Singleton
public final class Outage {

    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final List<Runnable> onRecovery = new CopyOnWriteArrayList<>();
    private final RedisLink link;

    public Outage(RedisLink link) {
        this.link = link;
        var where = link.settings().maskedUrl();
        link.addOutageListener(new OutageListener() {
            @Override
            public void lost(String reason) {
                LOG.warn("Redis at {} is lost: {}. Decisions are made by the fallback policies.", where, reason);
            }

            @Override
            public void regained(Duration outage) {
                onRecovery.forEach(Runnable::run);
                LOG.info("Redis at {} is back after {} ms. Its decisions apply again.", where, outage.toMillis());
            }
        });
    }

    /** Registers an action to run after each outage. The action must not block. */
    public void onRecovery(Runnable action) {
        onRecovery.add(action);
    }

    /** Returns whether there is an outage, after which the actions will run. */
    public boolean isOngoing() {
        return link.failure() != null;
    }
}
