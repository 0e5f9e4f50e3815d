// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import static dev.gatehouse.local.doctor.Doctor.joined;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.HealthCheckRun;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.Warning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Measures scripts: the latency of one after the other, and the throughput of many at once. */
final class SpeedSteps {

    private static final int WARM_UP = 100;
    private static final int SAMPLES = 500;
    private static final int AT_ONCE = 32;

    private final RedisLink link;
    private final Report report;
    private final Duration burst;

    /** @param burst how long the throughput is measured; the latency at most twice as long */
    SpeedSteps(RedisLink link, Report report, Duration burst) {
        this.link = link;
        this.report = report;
        this.burst = burst;
    }

    /** Does nothing if an earlier step failed. */
    void run(Connected health) {
        if (health.isServing() && !report.hasFailures()) {
            latency();
            throughput();
        }
    }

    private void latency() {
        report.begin("latency");
        var until = Deadline.in(burst.multipliedBy(2));
        var checks = new HealthCheckRun(link);
        var taken = new ArrayList<Duration>();
        int lost = 0;
        for (int i = 0; i < WARM_UP + SAMPLES && (!until.isSpent() || (taken.isEmpty() && lost == 0)); i++) {
            var result = joined(checks.run(HealthCheck.STRING, deadline()));
            if (!(result.reply() instanceof Answered<Duration>(var duration))) {
                lost++;
            } else if (i >= WARM_UP || until.isSpent()) {
                taken.add(duration);
            }
            if (i % 50 == 0) {
                report.progress();
            }
        }
        if (taken.isEmpty() || lost > 0) {
            report.fail(
                    lost + " of " + (lost + taken.size()) + " scripts were not answered in time.",
                    OperationSteps.SLOW_ADVICE);
            return;
        }
        report(Histogram.of(taken));
    }

    private void report(Histogram latencies) {
        var text = "half within %s, 99 of 100 within %s, the slowest %s, of %d scripts"
                .formatted(
                        Millis.of(latencies.quantile(0.5)),
                        Millis.of(latencies.quantile(0.99)),
                        Millis.of(latencies.slowest()),
                        latencies.count());
        var allowed = link.settings().timeouts().command();
        if (latencies.quantile(0.99).compareTo(allowed.dividedBy(2)) > 0) {
            report.warn(text, Warning.Type.SLOW_ANSWERS.advice());
        } else {
            report.ok(text);
        }
        report.more(latencies.rows());
    }

    private void throughput() {
        report.begin("throughput");
        var start = System.nanoTime();
        var until = Deadline.in(burst);
        var done = new LongAdder();
        var lost = new LongAdder();
        // Each waits for its reply before the next call, as invocations do.
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                callers.execute(() -> {
                    var checks = new HealthCheckRun(link);
                    while (!until.isSpent()) {
                        (joined(checks.run(HealthCheck.STRING, deadline())).passed() ? done : lost).increment();
                    }
                });
            }
            while (!until.isSpent()) {
                report.progress();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        var text = String.format(Locale.ROOT, "%,.0f scripts a second, %d at once", done.sum() / seconds, AT_ONCE);
        if (lost.sum() == 0) {
            report.ok(text);
        } else {
            report.warn(
                    text + "; " + lost + " were not answered in time.",
                    "It does not keep up under load: take a larger node, or find what else uses it.");
        }
    }

    private Deadline deadline() {
        return Deadline.in(link.settings().decisionBudget());
    }
}
