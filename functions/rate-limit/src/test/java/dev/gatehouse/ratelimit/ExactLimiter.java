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
        boolean denied =
                check.limits().stream().anyMatch(asked -> !asked.limit().shadow() && !fits(asked, now));
        var decisions = new ArrayList<LimitDecision>();
        for (var asked : check.limits()) {
            boolean fits = fits(asked, now);
            boolean charged = fits && (!denied || check.mode() == Mode.EACH);
            decisions.add(isCounted(asked.limit()) ? decide(asked, fits, charged, now) : uncounted(asked));
        }
        return new CheckDecision(!denied, decisions);
    }

    CheckDecision refund(long now, Check charges) {
        return new CheckDecision(
                true,
                charges.limits().stream()
                        .map(asked -> correct(asked.limit(), asked, now, use -> use.refunded(asked.cost(), now)))
                        .toList());
    }

    LimitDecision settle(long now, Settlement settlement) {
        long more = settlement.actual() - settlement.reserved();
        var asked = new LimitedSubject(settlement.limit(), settlement.subject(), 0);
        return correct(
                settlement.limit(), asked, now, use -> more > 0 ? use.forced(more, now) : use.refunded(-more, now));
    }

    void reset(Limit limit, String subject) {
        written.remove(new LimitedSubject.Identity(limit.name(), subject));
    }

    /** The latest end of a use that has passed: before it, a limiter that forgets knows less than this. */
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

    private boolean fits(LimitedSubject asked, long now) {
        if (!isCounted(asked.limit())) {
            return asked.limit().isUnlimited() || asked.cost() == 0;
        }
        return asked.cost() == 0 || use(asked, now).fits(asked.cost(), now);
    }

    private ExactUse use(LimitedSubject asked, long now) {
        var before = written.get(asked.identity());
        return before == null ? ExactUse.none(asked.limit(), now) : before.use.under(asked.limit(), now);
    }

    private LimitDecision decide(LimitedSubject asked, boolean fits, boolean charged, long now) {
        var before = written.get(asked.identity());
        boolean changed = before != null && (!before.use.isOf(asked.limit()) || before.use.isAhead(now));
        var use = charged ? use(asked, now).charged(asked.cost()) : use(asked, now);
        if (asked.cost() > 0 && (charged || changed)) {
            write(asked, use, now);
        }
        var resetAfter = micros(use.unusedAt(now) - now);
        long remaining = use.remaining(now);
        if (fits) {
            return new Allowed(remaining, resetAfter);
        }
        var retryAfter = asked.cost() > asked.limit().capacity() ? null : micros(use.fitsAt(asked.cost(), now) - now);
        return asked.limit().shadow()
                ? new WouldDeny(remaining, resetAfter, retryAfter)
                : new Denied(remaining, resetAfter, retryAfter);
    }

    private static LimitDecision uncounted(LimitedSubject asked) {
        if (asked.limit().isUnlimited() || asked.cost() == 0) {
            return unused(asked.limit());
        }
        return asked.limit().shadow() ? new WouldDeny(0, Duration.ZERO, null) : new Denied(0, Duration.ZERO, null);
    }

    private static LimitDecision unused(Limit uncounted) {
        return new Allowed(uncounted.isUnlimited() ? Limit.MAX_UNITS : 0, Duration.ZERO);
    }

    private LimitDecision correct(Limit limit, LimitedSubject asked, long now, UnaryOperator<ExactUse> correction) {
        if (!isCounted(limit)) {
            return unused(limit);
        }
        var use = correction.apply(use(asked, now));
        write(asked, use, now);
        return new Allowed(use.remaining(now), micros(use.unusedAt(now) - now));
    }

    private void write(LimitedSubject asked, ExactUse use, long now) {
        if (use.unusedAt(now) == now) {
            var before = written.remove(asked.identity());
            passed = before == null || end(before) > now ? passed : Math.max(passed, end(before));
        } else {
            written.put(asked.identity(), new Written(use, now));
        }
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
