package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.web.Seconds;
import dev.gatehouse.web.StructuredField;
import io.micronaut.http.MutableHttpHeaders;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;

/**
 * What the headers tell of a check's limits: {@code RateLimit-Policy} and {@code RateLimit} of all, as structured fields,
 * and for older clients {@code X-RateLimit-…} of the tightest. Times are whole seconds from now, rounded up.
 *
 * <p>Clients slow down by them. So those limits that can keep nobody from passing, unlimited ones and those in shadow, are
 * not told; where no others are, there are no such headers.
 */
public final class QuotaHeaders {

    private static final Comparator<Told> TIGHTEST_FIRST =
            Comparator.comparing(Told::decision, LimitDecision.TIGHTEST_FIRST);

    private final List<Told> limits;

    private QuotaHeaders(List<Told> limits) {
        this.limits = limits;
    }

    /** A limit and what was decided of it. */
    private record Told(Limit limit, LimitDecision decision) {

        StructuredField policy() {
            var quota = StructuredField.string(limit.name()).with("q", limit.limit());
            var window = limit.algorithm().windowSeconds();
            return window == null ? quota : quota.with("w", window);
        }

        StructuredField state() {
            return StructuredField.string(limit.name())
                    .with("r", decision.remaining())
                    .with("t", reset().value());
        }

        Seconds reset() {
            return Seconds.roundedUp(decision.resetAfter());
        }
    }

    public static QuotaHeaders of(Check check, CheckDecision decision) {
        var limits = new ArrayList<Limit>(check.limits().size());
        for (var asked : check.limits()) {
            limits.add(asked.limit());
        }
        return of(limits, decision.limits());
    }

    /**
     * As {@link #of(Check, CheckDecision)}, where no check is at hand.
     *
     * @param decisions one for each of the limits, in their order
     */
    public static QuotaHeaders of(List<Limit> limits, List<LimitDecision> decisions) {
        var told = new ArrayList<Told>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            if (limits.get(i).canDeny()) {
                told.add(new Told(limits.get(i), decisions.get(i)));
            }
        }
        return new QuotaHeaders(told);
    }

    public void writeTo(MutableHttpHeaders headers) {
        if (limits.isEmpty()) {
            return;
        }
        headers.set("RateLimit-Policy", listed(Told::policy));
        headers.set("RateLimit", listed(Told::state));
        var tightest = Collections.min(limits, TIGHTEST_FIRST);
        headers.set("X-RateLimit-Limit", Long.toString(tightest.limit.limit()));
        headers.set("X-RateLimit-Remaining", Long.toString(tightest.decision.remaining()));
        headers.set("X-RateLimit-Reset", tightest.reset().toString());
    }

    /** A list, in which the same item stands once: one limit may count several subjects. */
    private String listed(Function<Told, StructuredField> item) {
        if (limits.size() == 1) {
            return item.apply(limits.getFirst()).text();
        }
        var items = new LinkedHashSet<String>();
        for (var limit : limits) {
            items.add(item.apply(limit).text());
        }
        return String.join(", ", items);
    }
}
