// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.CheckedLimits.Entry;
import dev.gatehouse.web.Seconds;
import dev.gatehouse.web.StructuredField;
import io.micronaut.http.MutableHttpHeaders;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The quota headers of a response. {@code RateLimit-Policy} and {@code RateLimit} list all limits as structured fields.
 * For older clients, {@code X-RateLimit-…} describes the tightest. Times are whole seconds from now, rounded up.
 *
 * <p>Clients slow down by these headers. Limits that cannot deny, which are unlimited or in shadow, are left out.
 * Without any other limit there are no headers.
 */
public final class QuotaHeaders {

    private final CheckedLimits limits;

    private QuotaHeaders(CheckedLimits limits) {
        this.limits = limits;
    }

    public static QuotaHeaders of(CheckedLimits limits) {
        return new QuotaHeaders(new CheckedLimits(
                limits.all().stream().filter(entry -> entry.limit().canDeny()).toList()));
    }

    /** Sets the headers of a response. */
    public void writeTo(MutableHttpHeaders headers) {
        limits.tightest().ifPresent(tightest -> {
            headers.set("RateLimit-Policy", listed(QuotaHeaders::policy));
            headers.set("RateLimit", listed(QuotaHeaders::state));
            headers.set("X-RateLimit-Limit", Long.toString(tightest.limit().limit()));
            headers.set(
                    "X-RateLimit-Remaining", Long.toString(tightest.decision().remaining()));
            headers.set("X-RateLimit-Reset", reset(tightest).toString());
        });
    }

    /** Returns the list of distinct items: one limit may count several subjects. */
    private String listed(Function<Entry, StructuredField> item) {
        return limits.all().stream()
                .map(entry -> item.apply(entry).text())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static StructuredField policy(Entry entry) {
        var limit = entry.limit();
        var quota = StructuredField.string(limit.name()).with("q", limit.limit());
        var window = limit.algorithm().windowSeconds();
        return window == null ? quota : quota.with("w", window);
    }

    private static StructuredField state(Entry entry) {
        return StructuredField.string(entry.limit().name())
                .with("r", entry.decision().remaining())
                .with("t", reset(entry).value());
    }

    private static Seconds reset(Entry entry) {
        return Seconds.roundedUp(entry.decision().resetAfter());
    }
}
