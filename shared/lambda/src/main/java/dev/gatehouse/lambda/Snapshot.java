package dev.gatehouse.lambda;

import dev.gatehouse.redis.RedisSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Primes the process before Lambda takes a snapshot of it with SnapStart. */
public final class Snapshot implements Resource {

    private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

    /** The CRaC context refers to its resources weakly. */
    private static final List<Snapshot> REGISTERED = new ArrayList<>();

    private final RedisSettings settings;
    private final Runnable priming;

    private Snapshot(RedisSettings settings, Runnable priming) {
        this.settings = settings;
        this.priming = priming;
    }

    /** Returns whether Lambda starts this process in order to take a snapshot of it. */
    static boolean isPlanned(Map<String, String> environment) {
        return "snap-start".equals(environment.get("AWS_LAMBDA_INITIALIZATION_TYPE"));
    }

    /**
     * Runs {@code priming} before the snapshot, if one is planned.
     *
     * @param settings of the Redis over which the driver is primed
     * @param priming loads and compiles what requests need; leaves no state behind
     */
    public static synchronized void prime(RedisSettings settings, Runnable priming) {
        if (isPlanned(System.getenv())) {
            var snapshot = new Snapshot(settings, priming);
            REGISTERED.add(snapshot);
            Core.getGlobalContext().register(snapshot);
        }
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        try {
            if (settings.enabled()) {
                LinkPriming.run(settings);
            }
            priming.run();
        } catch (RuntimeException e) {
            LOG.warn("Priming failed: the first request after a restore takes longer", e);
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        // ConnectionOpener opens the connection.
    }
}
