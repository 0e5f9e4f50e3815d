// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.telemetry;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.telemetry.TraceContext;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the first denial of a subject in a window: one line {@code limit.denied} with the members {@code tenant},
 * {@code policy}, {@code subjectTag}, {@code retryAfterMillis} (absent if no retry can succeed), and the ids of the request.
 * The level is {@code INFO}. Other processes log their own first denial.
 *
 * <p>A tenant has at most {@link #LINES} lines, and up to {@link #MAX_SUBJECTS} limited subjects are stored. Beyond
 * either bound, denials are not logged; a later one in the same window may be.
 */
final class DenialLog {

    /** The maximum of stored subjects, of about 200 bytes each and their own text. */
    static final int MAX_SUBJECTS = 10_000;

    /** The lines of a tenant: 100 at once, and 10 in a second. */
    static final Limit LINES = new Limit("lines", 10, 1, 100);

    private static final int MAX_TENANTS = 1_000;
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger("dev.gatehouse.limits");

    private record Key(String tenant, String policy, String subject) {}

    private final BoundedCache<Key, Boolean> logged;
    private final LocalRateLimiter lines;

    /** @param clock the time in microseconds since 1970 */
    DenialLog(LongSupplier clock) {
        this.logged = new BoundedCache<>(MAX_SUBJECTS, () -> clock.getAsLong() * 1_000);
        this.lines = new LocalRateLimiter(1, MAX_TENANTS, clock);
    }

    /**
     * Logs a denial, if it is the first in {@code window}.
     *
     * @param retryAfter the time until a retry may succeed; null if none can
     * @param window the time without another line, one day at most
     */
    void record(
            String tenant,
            String policy,
            String subject,
            @Nullable Duration retryAfter,
            Duration window,
            Supplier<TraceContext> trace) {
        var key = new Key(tenant, policy, subject);
        if (!LOG.isInfoEnabled() || !logged.putIfAbsent(key, true, window.compareTo(LONGEST) < 0 ? window : LONGEST)) {
            return;
        }
        if (!takeLine(tenant)) {
            logged.remove(key);
            return;
        }
        var line = LOG.atInfo()
                .addKeyValue("tenant", tenant)
                .addKeyValue("policy", policy)
                .addKeyValue("subjectTag", HashTag.of(subject));
        if (retryAfter != null) {
            // Rounded up, as in responses.
            line = line.addKeyValue(
                    "retryAfterMillis", retryAfter.plusNanos(999_999).toMillis());
        }
        trace.get().addTo(line).log("limit.denied");
    }

    private boolean takeLine(String tenant) {
        var line = new Check(List.of(new LimitedSubject(LINES, tenant, 1)), Mode.ALL);
        var decision = lines.check(tenant, line, Deadline.in(Duration.ZERO)).toCompletableFuture();
        return decision.join() instanceof Decided<CheckDecision>(var made, var _) && made.allowed();
    }
}
