package dev.gatehouse.local.doctor;

import static dev.gatehouse.local.doctor.Doctor.joined;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.health.CheckResult.Passed;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.HealthChecks;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.Warning.SlowAnswers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** How fast scripts are answered, one after the other and many at once. */
final class Speed {

    private static final int WARM_UP = 100;
    private static final int SAMPLES = 500;
    private static final Duration LONGEST = Duration.ofSeconds(3);
    private static final int AT_ONCE = 32;
    private static final Duration BURST = Duration.ofMillis(1_500);

    private final RedisLink link;
    private final Page page;

    Speed(RedisLink link, Page page) {
        this.link = link;
        this.page = page;
    }

    /** Nothing where Redis does not do what it should. */
    void measure(Connected looked) {
        if (looked.serves() && !page.hasFailures()) {
            latency();
            throughput();
        }
    }

    private void latency() {
        page.begin("latency");
        var until = Deadline.in(LONGEST);
        var trials = new HealthChecks(link);
        var taken = new ArrayList<Duration>();
        int lost = 0;
        for (int i = 0; i < WARM_UP + SAMPLES && (!until.isSpent() || (taken.isEmpty() && lost == 0)); i++) {
            var finding = joined(trials.run(HealthCheck.SCRIPT, deadline()));
            if (!(finding instanceof Passed passed)) {
                lost++;
            } else if (i >= WARM_UP || until.isSpent()) {
                taken.add(passed.latency());
            }
            if (i % 50 == 0) {
                page.progress();
            }
        }
        if (taken.isEmpty() || lost > 0) {
            page.fail(
                    lost + " of " + (lost + taken.size()) + " scripts had no answer in time.",
                    "See what holds Redis up: SLOWLOG GET, swapping, or the network; or raise REDIS_COMMAND_TIMEOUT.");
            return;
        }
        tell(Histogram.of(taken));
    }

    private void tell(Histogram latencies) {
        var told = "half within %s, 99 of 100 within %s, the slowest %s, of %d scripts"
                .formatted(
                        Millis.of(latencies.quantile(0.5)),
                        Millis.of(latencies.quantile(0.99)),
                        Millis.of(latencies.slowest()),
                        latencies.count());
        var allowed = link.settings().timeouts().command();
        if (latencies.quantile(0.99).compareTo(allowed.dividedBy(2)) > 0) {
            page.warn(told, new SlowAnswers(latencies.slowest(), allowed).advice());
        } else {
            page.ok(told);
        }
        page.more(latencies.rows());
    }

    private void throughput() {
        page.begin("throughput");
        var start = System.nanoTime();
        var until = Deadline.in(BURST);
        var done = new LongAdder();
        var lost = new LongAdder();
        // Each waits for its answer before it asks again, as invocations do.
        try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                askers.execute(() -> {
                    var trials = new HealthChecks(link);
                    while (!until.isSpent()) {
                        (joined(trials.run(HealthCheck.SCRIPT, deadline())).passed() ? done : lost).increment();
                    }
                });
            }
            while (!until.isSpent()) {
                page.progress();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        var told = String.format(
                Locale.ROOT, "%,.0f scripts a second, %d under way at once", done.sum() / seconds, AT_ONCE);
        if (lost.sum() == 0) {
            page.ok(told);
        } else {
            page.warn(
                    told + "; " + lost + " had no answer in time.",
                    "Under load it does not keep up: take a larger node, or look for what else keeps it busy.");
        }
    }

    private Deadline deadline() {
        return Deadline.in(link.settings().decisionBudget());
    }
}
