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
 * The quota headers of a response. {@code RateLimit-Policy} and {@code RateLimit} list all limits as structured fields.
 * For older clients, {@code X-RateLimit-…} describes the tightest. Times are whole seconds from now, rounded up.
 *
 * <p>Clients slow down by these headers. Limits that cannot deny, which are unlimited or in shadow, are left out.
 * Without any other limit there are no headers.
 */
public final class QuotaHeaders {

    private static final Comparator<Entry> TIGHTEST_FIRST =
            Comparator.comparing(Entry::decision, LimitDecision.TIGHTEST_FIRST);

    private final List<Entry> limits;

    private QuotaHeaders(List<Entry> limits) {
        this.limits = limits;
    }

    /** A limit and its decision. */
    private record Entry(Limit limit, LimitDecision decision) {

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

    /** Returns the headers of the limits of {@code check}. */
    public static QuotaHeaders of(Check check, CheckDecision decision) {
        var limits = new ArrayList<Limit>(check.limits().size());
        for (var limited : check.limits()) {
            limits.add(limited.limit());
        }
        return of(limits, decision.limits());
    }

    /**
     * Returns the headers of {@code limits}.
     *
     * @param decisions one for each of the limits, in their order
     */
    public static QuotaHeaders of(List<Limit> limits, List<LimitDecision> decisions) {
        var entries = new ArrayList<Entry>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            if (limits.get(i).canDeny()) {
                entries.add(new Entry(limits.get(i), decisions.get(i)));
            }
        }
        return new QuotaHeaders(entries);
    }

    /** Sets the headers of a response. */
    public void writeTo(MutableHttpHeaders headers) {
        if (limits.isEmpty()) {
            return;
        }
        headers.set("RateLimit-Policy", listed(Entry::policy));
        headers.set("RateLimit", listed(Entry::state));
        var tightest = Collections.min(limits, TIGHTEST_FIRST);
        headers.set("X-RateLimit-Limit", Long.toString(tightest.limit.limit()));
        headers.set("X-RateLimit-Remaining", Long.toString(tightest.decision.remaining()));
        headers.set("X-RateLimit-Reset", tightest.reset().toString());
    }

    /** Returns the list of distinct items: one limit may count several subjects. */
    private String listed(Function<Entry, StructuredField> item) {
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
