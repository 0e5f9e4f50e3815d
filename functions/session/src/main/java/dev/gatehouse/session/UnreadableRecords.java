package dev.gatehouse.session;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts unreadable records, and logs the first without its contents. */
final class UnreadableRecords {

    private static final Logger LOG = LoggerFactory.getLogger(RedisSessions.class);

    private final AtomicLong count = new AtomicLong();

    void found(long records, @Nullable String why) {
        if (records > 0 && count.getAndAdd(records) == 0) {
            LOG.warn("A session on Redis cannot be read: {}. It counts as none. Logged once.", why);
        }
    }

    long count() {
        return count.get();
    }
}
