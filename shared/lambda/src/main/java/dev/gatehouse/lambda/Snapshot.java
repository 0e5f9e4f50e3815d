// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;
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

    /** The number of times to run code so that it is compiled. */
    public static final int PRIMING_RUNS = 200;

    /** Touches no key. */
    private static final ScriptCall SCRIPT = ScriptCall.of(Script.of("priming", "return {'OK'}"))
            .key("gh:{priming}:priming")
            .text("1");

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
            primeDriver(RedisSettings.fromEnvironment(System.getenv()));
            // Its denials and changes concern nobody.
            PrintingLogger.withWarningsOnly(priming);
        } catch (RuntimeException e) {
            LOG.warn("Priming failed: the first request after a restore takes longer", e);
        }
    }

    /** Runs scripts on a connection of its own, which it closes: the snapshot holds no socket. Stops at a failure. */
    private static void primeDriver(RedisSettings settings) {
        if (!settings.enabled()) {
            return;
        }
        try (var link = RedisLink.to(settings)) {
            var runs = 0;
            while (runs < PRIMING_RUNS && replies(link)) {
                runs++;
            }
        }
    }

    private static boolean replies(RedisLink link) {
        var deadline = Deadline.in(Duration.ofSeconds(5));
        return link.run(SCRIPT, deadline).toCompletableFuture().join() instanceof Answered;
    }

    /** Does nothing: {@link ConnectionOpener} opens the connection. */
    @Override
    public void afterRestore(Context<? extends Resource> context) {}
}
