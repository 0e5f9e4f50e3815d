package dev.gatehouse.functions.ratelimit;

import dev.gatehouse.http.Seconds;
import dev.gatehouse.http.StructuredField;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitedSubject;
import io.micronaut.http.MutableHttpHeaders;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the headers tell of a check's limits: {@code RateLimit-Policy} and {@code RateLimit} of all, as structured fields,
 * and for older clients {@code X-RateLimit-…} of the tightest. Times are whole seconds from now, rounded up.
 */
record QuotaHeaders(Check check, CheckDecision decision) {

    private static final Comparator<LimitDecision> TIGHTEST_FIRST = Comparator.<LimitDecision>comparingInt(
                    each -> each instanceof Allowed ? 1 : 0)
            .thenComparingLong(LimitDecision::remaining)
            .thenComparing(LimitDecision::resetAfter, Comparator.reverseOrder());

    void writeTo(MutableHttpHeaders headers) {
        headers.set("RateLimit-Policy", listed(check.limits().stream().map(QuotaHeaders::policy)));
        headers.set("RateLimit", listed(positions().mapToObj(this::state)));
        int tightest = tightest();
        headers.set(
                "X-RateLimit-Limit",
                Long.toString(check.limits().get(tightest).limit().limit()));
        headers.set("X-RateLimit-Remaining", Long.toString(decided(tightest).remaining()));
        headers.set("X-RateLimit-Reset", resetOf(tightest).toString());
    }

    private static StructuredField policy(LimitedSubject asked) {
        var limit = asked.limit();
        var quota = StructuredField.string(limit.name()).with("q", limit.limit());
        var window = limit.algorithm().windowSeconds();
        return window == null ? quota : quota.with("w", window);
    }

    private StructuredField state(int position) {
        return StructuredField.string(check.limits().get(position).limit().name())
                .with("r", decided(position).remaining())
                .with("t", resetOf(position).value());
    }

    private int tightest() {
        return positions()
                .boxed()
                .min(Comparator.comparing(this::decided, TIGHTEST_FIRST))
                .orElseThrow();
    }

    private Seconds resetOf(int position) {
        return Seconds.roundedUp(decided(position).resetAfter());
    }

    private LimitDecision decided(int position) {
        return decision.limits().get(position);
    }

    private IntStream positions() {
        return IntStream.range(0, check.limits().size());
    }

    /** A list, in which the same item stands once: one limit may count several subjects. */
    private static String listed(Stream<StructuredField> items) {
        return items.map(StructuredField::text).collect(Collectors.toCollection(LinkedHashSet::new)).stream()
                .collect(Collectors.joining(", "));
    }
}
