// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.telemetry;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.FixedWindow;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.telemetry.TraceContext;
import java.time.Duration;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports decisions of limits: logs the first denial of each subject in a window, and counts the decisions of stored
 * policies. Decisions count alike, whether Redis, a cached denial or local memory made them. Reads of cost 0 do not count.
 * Thread-safe.
 */
public final class LimitReporter {

    private final DenialLog denials;
    private final @Nullable PolicyCounters policies;

    /**
     * Creates a reporter on the system's clock.
     *
     * @param telemetry receives the counts; null to count nothing
     */
    public LimitReporter(@Nullable Telemetry telemetry) {
        this(telemetry, MicroClock::now);
    }

    /**
     * Creates a reporter.
     *
     * @param telemetry receives the counts; null to count nothing
     * @param clock the time in microseconds since 1970
     */
    public LimitReporter(@Nullable Telemetry telemetry, LongSupplier clock) {
        this.denials = new DenialLog(clock);
        this.policies = telemetry == null ? null : new PolicyCounters(telemetry);
    }

    /**
     * Reports the decision of a check.
     *
     * @param isStored returns whether the limit of this index is a stored policy
     * @param trace called only for a line to log
     */
    public void report(
            String tenant, Check check, CheckDecision decision, IntPredicate isStored, Supplier<TraceContext> trace) {
        for (int i = 0; i < check.limits().size(); i++) {
            var limited = check.limits().get(i);
            if (limited.cost() > 0) {
                var made = decision.limits().get(i);
                report(tenant, limited.limit(), limited.subject(), made, isStored.test(i), trace);
            }
        }
    }

    /**
     * Reports the decision of one limit.
     *
     * @param isStored whether the limit is a stored policy; callers choose the names of others freely, so those are not
     *     counted by name
     * @param trace called only for a line to log
     */
    public void report(
            String tenant,
            Limit limit,
            String subject,
            LimitDecision decision,
            boolean isStored,
            Supplier<TraceContext> trace) {
        if (decision instanceof Denied denied) {
            denials.record(tenant, limit.name(), subject, denied.retryAfter(), window(limit, denied), trace);
        }
        if (policies != null && isStored) {
            policies.count(limit, decision);
        }
    }

    /**
     * Returns the rest of a window of the clock or the calendar, or the length of any other; the rest of a lock-out if there
     * is one.
     */
    private static Duration window(Limit limit, Denied denied) {
        if (denied.blocked() && denied.retryAfter() != null) {
            return denied.retryAfter();
        }
        var algorithm = limit.algorithm();
        boolean hasEnd = algorithm instanceof FixedWindow || algorithm instanceof CalendarWindow;
        if (hasEnd && denied.resetAfter().isPositive()) {
            return denied.resetAfter();
        }
        var seconds = algorithm.windowSeconds();
        return seconds == null ? Duration.ofDays(1) : Duration.ofSeconds(seconds);
    }
}
