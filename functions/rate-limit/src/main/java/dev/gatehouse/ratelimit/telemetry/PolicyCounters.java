// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.telemetry;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.telemetry.Telemetry.EventCounter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts decisions by the name of the policy. The first {@link #MAX_NAMES} names have counters of their own, all others
 * share those of {@link #OTHER}. Names of all tenants count together.
 */
final class PolicyCounters {

    static final int MAX_NAMES = 1_000;

    static final String OTHER = "other";

    private record Counters(
            EventCounter allowed, EventCounter denied, EventCounter shadowDenied, EventCounter nearLimit) {}

    private final Telemetry telemetry;
    private final Map<String, Counters> byName = new ConcurrentHashMap<>();
    private final Counters other;
    private volatile boolean isFull;

    PolicyCounters(Telemetry telemetry) {
        this.telemetry = telemetry;
        this.other = counters(OTHER);
    }

    /** Counts the decision of a stored policy. */
    void count(Limit policy, LimitDecision decision) {
        var counters = of(policy.name());
        switch (decision) {
            case Allowed allowed -> {
                counters.allowed.increment();
                if (isNearLimit(policy, allowed.remaining())) {
                    counters.nearLimit.increment();
                }
            }
            case Denied _ -> counters.denied.increment();
            case WouldDeny _ -> counters.shadowDenied.increment();
        }
    }

    /** Returns whether at least 80 % are used. */
    private static boolean isNearLimit(Limit policy, long remaining) {
        return !policy.isUnlimited() && remaining * 5 <= policy.capacity();
    }

    private Counters of(String name) {
        var known = byName.get(name);
        if (known != null) {
            return known;
        }
        return isFull ? other : add(name);
    }

    private synchronized Counters add(String name) {
        var added = byName.get(name);
        if (added != null || isFull) {
            return added == null ? other : added;
        }
        var counters = counters(name);
        byName.put(name, counters);
        isFull = byName.size() == MAX_NAMES;
        return counters;
    }

    private Counters counters(String name) {
        return new Counters(
                counter("policy.checks", "allowed", name),
                counter("policy.checks", "denied", name),
                counter("policy.checks", "shadow-denied", name),
                counter("policy.usage", "near-limit", name));
    }

    private EventCounter counter(String counter, String outcome, String name) {
        return telemetry.counter(counter, outcome, "policy", name);
    }
}
