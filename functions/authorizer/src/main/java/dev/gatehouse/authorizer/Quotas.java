package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of a request's limits.
 *
 * @param all the limits that were checked: the address's, then the user's
 */
public record Quotas(List<Quota> all) {

    static final Quotas NONE = new Quotas(List.of());

    /** A limit and its decision. */
    public record Quota(Limit limit, LimitDecision decision) {}

    public Quotas {
        all = List.copyOf(all);
    }

    static Quotas of(List<Limit> limits, CheckDecision decision) {
        var all = new ArrayList<Quota>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            all.add(new Quota(limits.get(i), decision.limits().get(i)));
        }
        return new Quotas(all);
    }

    Quotas and(Quotas others) {
        var both = new ArrayList<>(all);
        both.addAll(others.all);
        return new Quotas(both);
    }

    /** Returns whether a limit had no room, other than limits in shadow mode. */
    public boolean exceeded() {
        return all.stream().anyMatch(quota -> quota.decision() instanceof Denied);
    }

    /** Returns the distinct names of the limits that had no room. */
    public List<String> exceededNames() {
        return all.stream()
                .filter(quota -> quota.decision() instanceof Denied)
                .map(quota -> quota.limit().name())
                .distinct()
                .toList();
    }

    /** Returns the time until all limits have room; null if one never will, zero if all have. */
    public @Nullable Duration retryAfter() {
        return new CheckDecision(!exceeded(), all.stream().map(Quota::decision).toList()).retryAfter();
    }

    /** Returns the limit nearest to a denial, among those that can deny; empty if none can. */
    public Optional<Quota> tightest() {
        return all.stream()
                .filter(quota -> quota.limit().canDeny())
                .min(Comparator.comparing(Quota::decision, LimitDecision.TIGHTEST_FIRST));
    }
}
