// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import static dev.gatehouse.local.doctor.Doctor.joined;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.health.CheckResult;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.HealthCheckRun;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.Warning;
import java.time.Duration;
import java.util.List;

/** Checks the operations that the functions need. */
final class OperationSteps {

    /** Random keys of this number miss one of three, or of ten, nodes less often than once in a thousand runs. */
    private static final int KEYS_OF_A_CLUSTER = 64;

    /** The remedy for a slow Redis. */
    static final String SLOW_ADVICE = "Check SLOWLOG GET, swapping and the network; or raise REDIS_COMMAND_TIMEOUT.";

    private final RedisLink link;
    private final Report report;

    OperationSteps(RedisLink link, Report report) {
        this.link = link;
        this.report = report;
    }

    /**
     * Runs the steps up to the first that fails.
     *
     * @param health the result of the first check, whose operations are not performed again
     */
    void run(Connected health) {
        operations(health);
        if (report.hasFailures()) {
            return;
        }
        if (link.settings().cluster()) {
            everySlot();
        }
        simple(HealthCheck.SCRIPT, "each kind of command that the functions use");
        if (report.hasFailures()) {
            return;
        }
        simple(HealthCheck.HASH, "written, counted in and read");
        simple(HealthCheck.LIST, "written and read from both ends");
        simple(HealthCheck.SORTED_SET, "written and read by score");
        simple(HealthCheck.STREAM, "written and read from an id");
        simple(HealthCheck.EXPIRY, "an expired key is gone");
        time();
        if (!link.settings().cluster() && !report.hasFailures()) {
            reconnection();
        }
    }

    private void operations(Connected health) {
        var slowest = Duration.ZERO;
        for (var result : health.results()) {
            if (!(result.reply() instanceof Answered<Duration>(var latency))) {
                report.begin(result.check() == HealthCheck.SCRIPT ? "script" : "write and read");
                health.warnings().stream()
                        .filter(Warning::isBlocking)
                        .findFirst()
                        .ifPresentOrElse(report::add, () -> fail(result));
                return;
            }
            slowest = latency.compareTo(slowest) > 0 ? latency : slowest;
        }
        report.begin("write and read");
        report.ok("set, read and deleted; the slowest took " + Millis.of(slowest));
    }

    private void everySlot() {
        report.begin("slots");
        for (int i = 0; i < KEYS_OF_A_CLUSTER; i++) {
            var result = joined(new HealthCheckRun(link).run(List.of(HealthCheck.SET, HealthCheck.DELETE), deadline()))
                    .getLast();
            if (!result.passed()) {
                report.fail(
                        "One of " + KEYS_OF_A_CLUSTER + " keys cannot be written: " + why(result) + ".",
                        "A part of the cluster is not served, or cannot be reached by the address it announces: CLUSTER SLOTS.");
                return;
            }
        }
        report.ok(KEYS_OF_A_CLUSTER + " keys written, all over the cluster");
    }

    private void simple(HealthCheck check, String what) {
        report.begin(check.id().replace('-', ' '));
        var result = run(check);
        if (result.reply() instanceof Answered<Duration>(var latency)) {
            report.ok(what + (check == HealthCheck.EXPIRY ? "" : " in " + Millis.of(latency)));
        } else {
            fail(result);
        }
    }

    private void time() {
        report.begin("time in scripts");
        var result = run(HealthCheck.TIME);
        switch (result.reply()) {
            case Answered<?> _ -> report.ok("allowed: all functions use Redis's clock");
            case Refused<?> _ ->
                report.warn(
                        "Scripts may not call TIME here; the functions use their own clocks.",
                        "Keep their clocks synchronised, as Lambda does; REDIS_CLOCK=caller saves the attempt.");
            case NotSent<?> _, Unknown<?> _ -> fail(result);
        }
    }

    private void reconnection() {
        report.begin("reconnection");
        var result = run(HealthCheck.RECONNECTION);
        switch (result.reply()) {
            case Answered<Duration>(var latency) ->
                report.ok("after Redis has closed the connection, in " + Millis.of(latency));
            case Refused<?> _ ->
                report.warn("QUIT is not allowed here, so this was not tried.", "Restart Redis to try a reconnection.");
            case NotSent<?> _, Unknown<?> _ ->
                report.fail(
                        "No new connection after Redis has closed the first.",
                        "Check CONFIG GET maxclients, and limits on new connections in between.");
        }
    }

    private void fail(CheckResult result) {
        if (result.reply() instanceof Refused<?>(var code)) {
            report.add(Warning.refusing(result.check(), code));
        } else {
            report.fail("No answer to " + result.check().id() + " within the command timeout.", SLOW_ADVICE);
        }
    }

    private static String why(CheckResult result) {
        return result.reply() instanceof Refused<?>(var code) ? "Redis answers " + code : "no answer";
    }

    private CheckResult run(HealthCheck check) {
        return joined(new HealthCheckRun(link).run(check, deadline()));
    }

    private Deadline deadline() {
        return Deadline.in(link.settings().decisionBudget());
    }
}
