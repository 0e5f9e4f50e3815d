package dev.gatehouse.lambda;

import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import java.util.Map;

/**
 * The start of a process on Lambda. One that is started for good opens its connection to Redis at once, beside all else that
 * it has to do: a start has more processor than a request. One that is started for a snapshot must not be connected when
 * that is taken, and has all the time it wants before: it rehearses, and opens its connection when it is restored, as often
 * as that is.
 */
public final class Start {

    private final boolean forSnapshot;
    private final RedisLink link;

    private Start(boolean forSnapshot, RedisLink link) {
        this.forSnapshot = forSnapshot;
        this.link = link;
    }

    /**
     * Begins, with a link to the Redis of {@code settings}. It waits for no connection, and that none can be had ends no
     * start.
     */
    public static Start of(RedisSettings settings, Map<String, String> environment) {
        withoutFlightRecorder();
        var forSnapshot = "snap-start".equals(environment.get("AWS_LAMBDA_INITIALIZATION_TYPE"));
        var link = RedisLink.retrying(settings);
        if (!forSnapshot && settings.enabled()) {
            link.openInBackground();
        }
        return new Start(forSnapshot, link);
    }

    /**
     * The driver and Netty define events of the flight recorder, which is started with the first; that takes as long as
     * opening a connection does. Who records them can have them by these properties.
     */
    private static void withoutFlightRecorder() {
        System.getProperties().putIfAbsent("io.lettuce.core.jfr", "false");
        System.getProperties().putIfAbsent("io.netty.jfr.enabled", "false");
    }

    /** The link of the process. */
    public RedisLink link() {
        return link;
    }

    /** Whether a snapshot is taken of this process. */
    public boolean isForSnapshot() {
        return forSnapshot;
    }

    /**
     * Has {@code rehearsal} run before a snapshot, if there is one: what is to be loaded, compiled and tried out before. It
     * must leave nothing behind.
     */
    public void rehearse(Runnable rehearsal) {
        if (forSnapshot) {
            Snapshot.of(link, rehearsal);
        }
    }
}
