// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitDecision.Denied;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a request with their decisions.
 *
 * @param all the limits in the order of the check
 */
public record CheckedLimits(List<Entry> all) {

    public static final CheckedLimits NONE = new CheckedLimits(List.of());

    /** A limit and its decision. */
    public record Entry(Limit limit, LimitDecision decision) {}

    public CheckedLimits {
        all = List.copyOf(all);
    }

    /** Returns the limits of {@code check}. */
    public static CheckedLimits of(Check check, CheckDecision decision) {
        return of(check.limits().stream().map(LimitedSubject::limit).toList(), decision);
    }

    /** Returns {@code limits}, for which {@code decision} has one decision each, in their order. */
    public static CheckedLimits of(List<Limit> limits, CheckDecision decision) {
        var all = new ArrayList<Entry>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            all.add(new Entry(limits.get(i), decision.limits().get(i)));
        }
        return new CheckedLimits(all);
    }

    /** Returns these and then {@code others}. */
    public CheckedLimits and(CheckedLimits others) {
        var both = new ArrayList<>(all);
        both.addAll(others.all);
        return new CheckedLimits(both);
    }

    /** Returns whether a limit had no room, other than limits in shadow mode. */
    public boolean exceeded() {
        return all.stream().anyMatch(entry -> entry.decision() instanceof Denied);
    }

    /** Returns whether a subject is locked out of a limit that denied. */
    public boolean blocked() {
        return all.stream().anyMatch(entry -> entry.decision() instanceof Denied denied && denied.blocked());
    }

    /** Returns the distinct names of the limits that had no room. */
    public List<String> exceededNames() {
        return all.stream()
                .filter(entry -> entry.decision() instanceof Denied)
                .map(entry -> entry.limit().name())
                .distinct()
                .toList();
    }

    /** Returns the time until all limits have room; null if one never will, zero if all have. */
    public @Nullable Duration retryAfter() {
        return new CheckDecision(!exceeded(), all.stream().map(Entry::decision).toList()).retryAfter();
    }

    /** Returns the limit nearest to a denial, among those that can deny; empty if none can. */
    public Optional<Entry> tightest() {
        return all.stream()
                .filter(entry -> entry.limit().canDeny())
                .min(Comparator.comparing(Entry::decision, LimitDecision.TIGHTEST_FIRST));
    }
}
