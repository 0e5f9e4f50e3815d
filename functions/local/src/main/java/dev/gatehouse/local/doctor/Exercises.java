package dev.gatehouse.local.doctor;

import static dev.gatehouse.local.doctor.Doctor.joined;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.health.CheckResult;
import dev.gatehouse.redis.health.CheckResult.Passed;
import dev.gatehouse.redis.health.CheckResult.Refused;
import dev.gatehouse.redis.health.CheckResult.Unanswered;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.HealthChecks;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.Warning;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** Whether Redis does what the functions need of it. */
final class Exercises {

    /** So many keys at random miss a part of three, or of ten, by luck less often than once in a thousand times. */
    private static final int KEYS_OF_A_CLUSTER = 64;

    private final RedisLink link;
    private final Page page;

    Exercises(RedisLink link, Page page) {
        this.link = link;
        this.page = page;
    }

    /**
     * Goes on until something fails.
     *
     * @param looked what the first look found, whose operations are not performed again
     */
    void run(Connected looked) {
        operations(looked);
        if (page.hasFailures()) {
            return;
        }
        if (link.settings().cluster()) {
            everySlot();
        }
        simple(HealthCheck.SCRIPT, "a script wrote, read and deleted");
        if (page.hasFailures()) {
            return;
        }
        simple(HealthCheck.HASH, "written, counted in and read");
        simple(HealthCheck.LIST, "written and read from both ends");
        simple(HealthCheck.SORTED_SET, "written and read by score");
        simple(HealthCheck.EXPIRY, "what has lived its time is gone");
        time();
    }

    private void operations(Connected looked) {
        page.begin("write and read");
        for (var finding : looked.findings()) {
            if (!finding.passed()) {
                looked.signs().stream()
                        .filter(Warning::stops)
                        .findFirst()
                        .ifPresentOrElse(sign -> page.fail(sign.what(), sign.advice()), () -> failed(finding));
                return;
            }
        }
        var slowest = looked.findings().stream()
                .map(finding -> finding instanceof Passed passed ? passed.latency() : Duration.ZERO)
                .max(Comparator.naturalOrder());
        page.ok("set, read and deleted; the slowest took "
                + slowest.map(Millis::of).map(Millis::toString).orElse("no time"));
    }

    private void everySlot() {
        page.begin("slots");
        for (int i = 0; i < KEYS_OF_A_CLUSTER; i++) {
            var finding = joined(new HealthChecks(link).run(List.of(HealthCheck.SET, HealthCheck.DELETE), deadline()))
                    .getLast();
            if (!finding.passed()) {
                page.fail(
                        "One of " + KEYS_OF_A_CLUSTER + " keys cannot be written: " + why(finding) + ".",
                        "A part of the cluster is not served, or cannot be reached by the address it announces: CLUSTER SLOTS.");
                return;
            }
        }
        page.ok(KEYS_OF_A_CLUSTER + " keys written, all over the cluster");
    }

    private void simple(HealthCheck trial, String what) {
        page.begin(trial.word().replace('-', ' '));
        var finding = joined(new HealthChecks(link).run(trial, deadline()));
        if (finding instanceof Passed passed) {
            page.ok(what + (trial == HealthCheck.EXPIRY ? "" : " in " + Millis.of(passed.latency())));
        } else {
            failed(finding);
        }
    }

    private void time() {
        page.begin("time in scripts");
        switch (joined(new HealthChecks(link).run(HealthCheck.TIME, deadline()))) {
            case Passed _ -> page.ok("told: all functions go by Redis's clock");
            case Refused _ ->
                page.warn(
                        "Scripts may not ask this Redis for the time; the functions go by their own clocks.",
                        "Keep their clocks synchronised, which Lambda does; REDIS_CLOCK=caller saves the asking.");
            case Unanswered silence -> failed(silence);
        }
    }

    private void failed(CheckResult finding) {
        switch (finding) {
            case Passed _ -> throw new IllegalArgumentException("it did not fail");
            case Refused(var trial, var code) -> {
                var sign = new Warning.Refusing(trial, code);
                page.fail(sign.what(), sign.advice());
            }
            case Unanswered silence ->
                page.fail(
                        "No answer to " + silence.trial().word() + " within the time that a command has.",
                        "See what holds Redis up: SLOWLOG GET, swapping, or the network; or raise REDIS_COMMAND_TIMEOUT.");
        }
    }

    private Deadline deadline() {
        return Deadline.in(link.settings().decisionBudget());
    }

    private static String why(CheckResult finding) {
        return switch (finding) {
            case Passed _ -> "";
            case Refused refused -> "Redis answers " + refused.code();
            case Unanswered _ -> "no answer";
        };
    }
}
