// SPDX-License-Identifier: Apache-2.0
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
public final class ExactLimiter {

    /**
     * @param writtenAt when
     * @param blockedUntil the end of a lock-out; in the past or 0 if there is none
     */
    private record Written(ExactUse use, long writtenAt, long blockedUntil) {}

    private final Map<LimitedSubject.Identity, Written> written = new HashMap<>();

    /** Whether each subject has a slot of its own, and decides a check alone. */
    private final boolean isClustered;

    /** The latest end of a use that has passed and in whose place nothing was written. */
    private long passed;

    public ExactLimiter() {
        this(false);
    }

    ExactLimiter(boolean isClustered) {
        this.isClustered = isClustered;
    }

    public CheckDecision check(long now, Check check) {
        long wait = check.maxWait().toNanos() / 1000;
        boolean denied =
                check.limits().stream().anyMatch(limited -> !limited.limit().shadow() && !fits(limited, now, wait));
        var decisions = new ArrayList<LimitDecision>();
        for (var limited : check.limits()) {
            boolean fits = fits(limited, now, wait);
            boolean charged = fits && (!denied || check.mode() == Mode.EACH);
            boolean undone = fits && denied && isUndone(check, limited.subject(), now, wait);
            decisions.add(
                    isCounted(limited.limit())
                            ? decide(limited, fits, charged, undone, now, wait)
                            : uncounted(limited));
        }
        return new CheckDecision(!denied, decisions);
    }

    /** Returns whether a denied check charges the limits of a subject, and undoes that. */
    private boolean isUndone(Check check, String subject, long now, long wait) {
        return isClustered
                && check.mode() == Mode.ALL
                && !check.isDeniedUncounted()
                && check.limits().stream()
                        .filter(limited -> limited.subject().equals(subject))
                        .allMatch(limited -> limited.limit().shadow() || fits(limited, now, wait));
    }

    CheckDecision refund(long now, Check charges) {
        return new CheckDecision(
                true,
                charges.limits().stream()
                        .map(limited ->
                                correct(limited.limit(), limited, now, use -> use.refunded(limited.cost(), now)))
                        .toList());
    }

    public LimitDecision settle(long now, Settlement settlement) {
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
        return Math.max(one.use.forgottenAt(one.writtenAt), one.blockedUntil);
    }

    private static boolean isCounted(Limit limit) {
        return limit.limit() > 0 && !limit.isUnlimited();
    }

    /** Returns whether there is room within the wait, if nothing more is charged. */
    private boolean fits(LimitedSubject limited, long now, long wait) {
        if (!isCounted(limited.limit())) {
            return limited.limit().isUnlimited() || limited.cost() == 0;
        }
        return limited.cost() == 0
                || (blockedUntil(limited, now) == 0 && use(limited, now).fits(limited.cost(), now + wait));
    }

    /** Returns the end of a lock-out that an earlier check started; 0 if there is none. */
    private long blockedUntil(LimitedSubject limited, long now) {
        var before = written.get(limited.identity());
        long block = limited.limit().blockSeconds() * 1_000_000;
        return before == null || block == 0 || before.blockedUntil <= now
                ? 0
                : Math.min(before.blockedUntil, now + block);
    }

    private ExactUse use(LimitedSubject limited, long now) {
        var before = written.get(limited.identity());
        return before == null ? ExactUse.none(limited.limit(), now) : before.use.under(limited.limit(), now);
    }

    private LimitDecision decide(
            LimitedSubject limited, boolean fits, boolean charged, boolean undone, long now, long wait) {
        var before = written.get(limited.identity());
        boolean changed = before != null && (!before.use.isOf(limited.limit()) || before.use.isAhead(now));
        var use = charged ? use(limited, now).charged(limited.cost()) : use(limited, now);
        long blocked = fits || limited.limit().blockSeconds() == 0 || blockedUntil(limited, now) > 0
                ? blockedUntil(limited, now)
                : now + limited.limit().blockSeconds() * 1_000_000;
        boolean blocks = blocked > 0 && (before == null || blocked != before.blockedUntil);
        if (limited.cost() > 0 && (charged || undone || changed || blocks)) {
            write(limited, use, now, blocked);
        }
        var resetAfter = micros(Math.max(use.unusedAt(now), blocked) - now);
        long remaining = blocked > 0 ? 0 : use.remaining(now);
        if (fits) {
            boolean waits = wait > 0
                    && charged
                    && limited.cost() > 0
                    && !limited.limit().shadow();
            return new Allowed(
                    remaining,
                    resetAfter,
                    waits ? micros(Math.max(0, use.fitsAt(0, now) - now)) : Duration.ZERO,
                    blocked > 0);
        }
        var retryAfter = limited.cost() > limited.limit().capacity()
                ? null
                : micros(Math.max(blocked, roomAt(use, limited.cost(), now, wait)) - now);
        return limited.limit().shadow()
                ? new WouldDeny(remaining, resetAfter, retryAfter, blocked > 0)
                : new Denied(remaining, resetAfter, retryAfter, blocked > 0);
    }

    private static long roomAt(ExactUse use, long cost, long now, long wait) {
        return use.fits(cost, now + wait) ? now : use.fitsAt(cost, now) - wait;
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
        write(limited, use, now, 0);
        return new Allowed(use.remaining(now), micros(use.unusedAt(now) - now));
    }

    /** @param blocked the end of a lock-out; 0 to keep that of an earlier check */
    private void write(LimitedSubject limited, ExactUse use, long now, long blocked) {
        var before = written.get(limited.identity());
        long kept = before == null || before.blockedUntil <= now ? 0 : before.blockedUntil;
        if (use.unusedAt(now) == now && Math.max(blocked, kept) == 0) {
            written.remove(limited.identity());
            passed = before == null || end(before) > now ? passed : Math.max(passed, end(before));
        } else {
            var left = use.unusedAt(now) == now ? ExactUse.none(limited.limit(), 0) : use;
            written.put(limited.identity(), new Written(left, now, blocked > 0 ? blocked : kept));
        }
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
