package dev.gatehouse.lambda;

import dev.gatehouse.redis.RedisLink;
import java.util.ArrayList;
import java.util.List;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done before Lambda takes a snapshot of this process, and after each start from it. */
final class Snapshot implements Resource {

    private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

    /** Lambda's context itself holds them weakly. */
    private static final List<Snapshot> ALL = new ArrayList<>();

    private final RedisLink link;
    private final Runnable rehearsal;

    private Snapshot(RedisLink link, Runnable rehearsal) {
        this.link = link;
        this.rehearsal = rehearsal;
    }

    static synchronized void of(RedisLink link, Runnable rehearsal) {
        var snapshot = new Snapshot(link, rehearsal);
        ALL.add(snapshot);
        Core.getGlobalContext().register(snapshot);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        try {
            if (link.settings().enabled()) {
                LinkRehearsal.of(link.settings());
            }
            rehearsal.run();
        } catch (RuntimeException e) {
            LOG.warn("The rehearsal failed: what starts from this snapshot has its first request wait for longer", e);
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        if (link.settings().enabled()) {
            link.openInBackground();
        }
    }
}
