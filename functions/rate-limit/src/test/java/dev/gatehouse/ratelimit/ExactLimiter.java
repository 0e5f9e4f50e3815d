package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.algorithm.ExactUse;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A plain model of the limiter, which never forgets anything. */
final class ExactLimiter {

    /** @param writtenAt when */
    private record Written(ExactUse use, long writtenAt) {}

    private final Map<LimitedSubject.Identity, Written> written = new HashMap<>();

    /** The latest end of a use that has passed and in whose place nothing was written. */
    private long passed;

    CheckDecision check(long now, Check check) {
        long wait = check.maxWait().toNanos() / 1000;
        boolean denied =
                check.limits().stream().anyMatch(limited -> !limited.limit().shadow() && !fits(limited, now, wait));
        var decisions = new ArrayList<LimitDecision>();
        for (var limited : check.limits()) {
            boolean fits = fits(limited, now, wait);
            boolean charged = fits && (!denied || check.mode() == Mode.EACH);
            decisions.add(isCounted(limited.limit()) ? decide(limited, fits, charged, now, wait) : uncounted(limited));
        }
        return new CheckDecision(!denied, decisions);
    }

    CheckDecision refund(long now, Check charges) {
        return new CheckDecision(
                true,
                charges.limits().stream()
                        .map(limited ->
                                correct(limited.limit(), limited, now, use -> use.refunded(limited.cost(), now)))
                        .toList());
    }

    LimitDecision settle(long now, Settlement settlement) {
        long more = settlement.actual() - settlement.reserved();
        var limited = new LimitedSubject(settlement.limit(), settlement.subject(), 0);
        return correct(
                settlement.limit(), limited, now, use -> more > 0 ? use.forced(more, now) : use.refunded(-more, now));
    }

    void reset(Limit limit, String subject) {
        written.remove(new LimitedSubject.Identity(limit.name(), subject));
    }

    /** The latest end of a use that has passed: before it, a limiter may have removed records. */
    long latestEnd(long now) {
        return written.values().stream()
                .mapToLong(ExactLimiter::end)
                .filter(end -> end <= now)
                .reduce(passed, Math::max);
    }

    /** The time by which all is forgotten that was written to be kept for less than this. */
    long endOfWhatIsKeptFor(Duration shorterThan) {
        return written.values().stream()
                .filter(one -> end(one) - one.writtenAt < shorterThan.toNanos() / 1000)
                .mapToLong(ExactLimiter::end)
                .max()
                .orElse(0);
    }

    private static long end(Written one) {
        return one.use.forgottenAt(one.writtenAt);
    }

    private static boolean isCounted(Limit limit) {
        return limit.limit() > 0 && !limit.isUnlimited();
    }

    /** Returns whether there is room within the wait, if nothing more is charged. */
    private boolean fits(LimitedSubject limited, long now, long wait) {
        if (!isCounted(limited.limit())) {
            return limited.limit().isUnlimited() || limited.cost() == 0;
        }
        return limited.cost() == 0 || use(limited, now).fits(limited.cost(), now + wait);
    }

    private ExactUse use(LimitedSubject limited, long now) {
        var before = written.get(limited.identity());
        return before == null ? ExactUse.none(limited.limit(), now) : before.use.under(limited.limit(), now);
    }

    private LimitDecision decide(LimitedSubject limited, boolean fits, boolean charged, long now, long wait) {
        var before = written.get(limited.identity());
        boolean changed = before != null && (!before.use.isOf(limited.limit()) || before.use.isAhead(now));
        var use = charged ? use(limited, now).charged(limited.cost()) : use(limited, now);
        if (limited.cost() > 0 && (charged || changed)) {
            write(limited, use, now);
        }
        var resetAfter = micros(use.unusedAt(now) - now);
        long remaining = use.remaining(now);
        if (fits) {
            boolean waits = wait > 0
                    && charged
                    && limited.cost() > 0
                    && !limited.limit().shadow();
            return new Allowed(
                    remaining, resetAfter, waits ? micros(Math.max(0, use.fitsAt(0, now) - now)) : Duration.ZERO);
        }
        var retryAfter = limited.cost() > limited.limit().capacity()
                ? null
                : micros(use.fitsAt(limited.cost(), now) - now - wait);
        return limited.limit().shadow()
                ? new WouldDeny(remaining, resetAfter, retryAfter)
                : new Denied(remaining, resetAfter, retryAfter);
    }

    private static LimitDecision uncounted(LimitedSubject limited) {
        if (limited.limit().isUnlimited() || limited.cost() == 0) {
            return unused(limited.limit());
        }
        return limited.limit().shadow() ? new WouldDeny(0, Duration.ZERO, null) : new Denied(0, Duration.ZERO, null);
    }

    private static LimitDecision unused(Limit uncounted) {
        return new Allowed(uncounted.isUnlimited() ? Limit.MAX_UNITS : 0, Duration.ZERO);
    }

    private LimitDecision correct(Limit limit, LimitedSubject limited, long now, UnaryOperator<ExactUse> correction) {
        if (!isCounted(limit)) {
            return unused(limit);
        }
        var use = correction.apply(use(limited, now));
        write(limited, use, now);
        return new Allowed(use.remaining(now), micros(use.unusedAt(now) - now));
    }

    private void write(LimitedSubject limited, ExactUse use, long now) {
        if (use.unusedAt(now) == now) {
            var before = written.remove(limited.identity());
            passed = before == null || end(before) > now ? passed : Math.max(passed, end(before));
        } else {
            written.put(limited.identity(), new Written(use, now));
        }
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
