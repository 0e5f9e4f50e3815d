package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkFailure;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.redis.health.Warning;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Finds out, step by step, whether the functions can work with a Redis; the first step that fails is the one to mend. */
final class Doctor {

    /** A first connection on a cold JVM may take longer than one may later. */
    private static final int ATTEMPTS = 4;

    private final RedisSettings settings;
    private final Page page;

    Doctor(RedisSettings settings, Page page) {
        this.settings = settings;
        this.page = page;
    }

    /** Goes through all steps, or up to the first without which there is no next; tells the exit code, 0 if they can. */
    int examine() {
        page.title("Gatehouse's doctor looks at " + settings.maskedUrl());
        for (var node : settings.nodes()) {
            var wire = new Wire(settings, node, page);
            if (!wire.leadsThere()) {
                return page.verdict();
            }
        }
        try (var link = RedisLink.to(settings)) {
            var probe = new RedisProbe(link);
            if (letsIn(probe, link)) {
                examine(probe, link);
            }
        }
        return page.verdict();
    }

    private boolean letsIn(RedisProbe probe, RedisLink link) {
        page.begin("authentication");
        RedisHealth health = glance(probe);
        for (int i = 1; i < ATTEMPTS && health instanceof Disconnected && mayComeRight(link.failure()); i++) {
            page.progress();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            health = glance(probe);
        }
        if (!(health instanceof Disconnected gone)) {
            page.ok(asWhom());
            return true;
        }
        var signs = gone.signs().stream().filter(Warning::stops).toList();
        if (signs.isEmpty()) {
            var failure = link.failure();
            var why = failure == null ? gone.error() : failure.why();
            page.fail("No answer to the first command: " + why + ".", whatToDoAboutSilence());
        } else {
            page.fail(signs.getFirst().what(), signs.getFirst().advice());
        }
        return false;
    }

    private RedisHealth glance(RedisProbe probe) {
        return joined(probe.glance(Deadline.in(settings.decisionBudget())));
    }

    /** What Redis answered it will answer again. */
    private static boolean mayComeRight(@Nullable LinkFailure failure) {
        return failure == null || failure.code() == null || failure.code().equals("LOADING");
    }

    private String asWhom() {
        var credentials = settings.credentials();
        if (credentials == null) {
            return "without a password";
        }
        return credentials.user() == null ? "with a password" : "as the user " + credentials.user();
    }

    private String whatToDoAboutSilence() {
        if (settings.tls() == null && new Wire(settings, settings.nodes().getFirst(), page).wouldSpeakTls()) {
            return "It speaks TLS on this port: write rediss://.";
        }
        return settings.cluster()
                ? "See that this is a cluster and that its nodes can be reached by the addresses they announce: CLUSTER SLOTS."
                : "See whether it is Redis that listens there, and whether it hangs or loads its data.";
    }

    private void examine(RedisProbe probe, RedisLink link) {
        page.begin("server");
        var health = joined(probe.look(HealthCheck.OPERATIONS, deadline(probe)));
        if (health instanceof Disconnected gone) {
            page.fail("It was there and is gone: " + gone.error() + ".", "Ask again; see its log if it goes on so.");
            return;
        }
        if (health instanceof Connected known) {
            new Vitals(settings, page).tell(known);
            new Exercises(link, page).run(known);
            new Speed(link, page).measure(known);
            known.signs().stream().filter(sign -> !page.hasSaid(sign.what())).forEach(sign -> tell(sign));
        }
    }

    private void tell(Warning sign) {
        page.begin(sign.name().length() > 16 ? "also" : sign.name());
        if (sign.stops()) {
            page.fail(sign.what(), sign.advice());
        } else {
            page.warn(sign.what(), sign.advice());
        }
    }

    private Deadline deadline(RedisProbe probe) {
        return Deadline.in(settings.decisionBudget().plus(probe.allowance(HealthCheck.OPERATIONS)));
    }

    static <T> T joined(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
