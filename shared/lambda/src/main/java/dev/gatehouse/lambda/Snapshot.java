package dev.gatehouse.lambda;

import dev.gatehouse.redis.config.RedisSettings;
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

    private final Runnable priming;

    private Snapshot(Runnable priming) {
        this.priming = priming;
    }

    /** Returns whether Lambda starts this process in order to take a snapshot of it. */
    static boolean isPlanned(Map<String, String> environment) {
        return "snap-start".equals(environment.get("AWS_LAMBDA_INITIALIZATION_TYPE"));
    }

    /**
     * Primes the driver and runs {@code priming} before the snapshot, if one is planned.
     *
     * @param priming loads and compiles what requests need; leaves no state behind
     */
    public static synchronized void prime(Runnable priming) {
        if (isPlanned(System.getenv())) {
            var snapshot = new Snapshot(priming);
            REGISTERED.add(snapshot);
            Core.getGlobalContext().register(snapshot);
        }
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        try {
            // Settings of its own: a secret that they read must not be in the snapshot.
            LinkPriming.run(RedisSettings.fromEnvironment(System.getenv()));
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
