package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** The limiter as the theory has it, in fractions of any size: what the others are held against. */
final class ExactLimiter {

    private static final Fraction MOST_CARRIED = Fraction.of(1L << 51);

    /** A limit as last charged. */
    private record Bucket(Fraction tat, Limit limit) {}

    private final Map<LimitedSubject.Identity, Bucket> buckets = new HashMap<>();
    private Fraction shortestWrite = Fraction.of(Long.MAX_VALUE);

    CheckDecision check(long micros, Check check) {
        var now = Fraction.of(micros);
        var tats = check.limits().stream().map(asked -> tat(asked, now)).toList();
        var fits = new ArrayList<Boolean>();
        for (int i = 0; i < tats.size(); i++) {
            fits.add(fits(check.limits().get(i), tats.get(i), now));
        }
        boolean all = !fits.contains(false);
        var decisions = new ArrayList<LimitDecision>();
        for (int i = 0; i < tats.size(); i++) {
            var asked = check.limits().get(i);
            boolean charge = fits.get(i) && (all || check.mode() == Mode.EACH);
            var after = charge ? tats.get(i).plus(cost(asked)) : tats.get(i);
            keep(asked, charge, after, now);
            decisions.add(decision(asked, fits.get(i), after, now));
        }
        return new CheckDecision(all, decisions);
    }

    /** The latest tat that has passed: before it, a limiter that forgets what is earned back knows less than this. */
    long latestPassed(long micros) {
        return buckets.values().stream()
                .map(Bucket::tat)
                .filter(tat -> tat.compareTo(Fraction.of(micros)) <= 0)
                .map(Fraction::roundedUp)
                .mapToLong(BigInteger::longValueExact)
                .max()
                .orElse(0);
    }

    /** The least that a tat has ever been ahead of the time at which it was written. */
    Duration shortestWrite() {
        return micros(shortestWrite.roundedUp());
    }

    private Fraction tat(LimitedSubject asked, Fraction now) {
        var bucket = buckets.get(asked.identity());
        if (bucket == null || bucket.tat.compareTo(now) < 0) {
            return now;
        }
        var tolerance = tolerance(asked.limit());
        var before = tolerance(bucket.limit);
        if (bucket.limit.limit() == asked.limit().limit() && before.compareTo(tolerance) == 0) {
            return bucket.tat;
        }
        var used = bucket.tat.minus(now);
        var least = new Fraction(before.roundedDown().max(BigInteger.ONE), BigInteger.ONE);
        var share = new Fraction(used.roundedUp(), BigInteger.ONE).dividedBy(least);
        var scaled = share.times(new Fraction(tolerance.roundedUp(), BigInteger.ONE));
        var carried = new Fraction(scaled.roundedUp(), BigInteger.ONE).min(MOST_CARRIED);
        return now.plus(used.compareTo(before) <= 0 ? carried.min(tolerance) : carried);
    }

    private static boolean fits(LimitedSubject asked, Fraction tat, Fraction now) {
        return asked.cost() <= asked.limit().capacity()
                && tat.plus(cost(asked)).compareTo(now.plus(tolerance(asked.limit()))) <= 0;
    }

    private void keep(LimitedSubject asked, boolean charge, Fraction tat, Fraction now) {
        var bucket = buckets.get(asked.identity());
        boolean carried = bucket != null && bucket.tat.compareTo(now) >= 0 && !bucket.limit.equals(asked.limit());
        if (asked.cost() > 0 && (charge || carried)) {
            buckets.put(asked.identity(), new Bucket(tat, asked.limit()));
            shortestWrite = shortestWrite.min(tat.minus(now));
        }
    }

    private static LimitDecision decision(LimitedSubject asked, boolean fits, Fraction tat, Fraction now) {
        var limit = asked.limit();
        var room = now.plus(tolerance(limit)).minus(tat).dividedBy(interval(limit));
        long remaining = room.roundedDown().max(BigInteger.ZERO).longValueExact();
        var resetAfter = micros(tat.minus(now).roundedUp());
        if (fits) {
            return new Allowed(remaining, resetAfter);
        }
        var wait = tat.plus(cost(asked)).minus(tolerance(limit)).minus(now);
        return new Denied(remaining, resetAfter, asked.cost() > limit.capacity() ? null : micros(wait.roundedUp()));
    }

    private static Fraction interval(Limit limit) {
        return new Fraction(
                BigInteger.valueOf(limit.algorithm().windowSeconds()).multiply(BigInteger.valueOf(1_000_000)),
                BigInteger.valueOf(limit.limit()));
    }

    private static Fraction tolerance(Limit limit) {
        return interval(limit).times(Fraction.of(limit.capacity()));
    }

    private static Fraction cost(LimitedSubject asked) {
        return interval(asked.limit()).times(Fraction.of(asked.cost()));
    }

    private static Duration micros(BigInteger micros) {
        return Duration.of(micros.longValueExact(), ChronoUnit.MICROS);
    }

    record Fraction(BigInteger over, BigInteger under) implements Comparable<Fraction> {

        Fraction {
            var common = over.gcd(under);
            over = over.divide(common);
            under = under.divide(common);
        }

        static Fraction of(long whole) {
            return new Fraction(BigInteger.valueOf(whole), BigInteger.ONE);
        }

        Fraction plus(Fraction other) {
            return new Fraction(
                    over.multiply(other.under).add(other.over.multiply(under)), under.multiply(other.under));
        }

        Fraction minus(Fraction other) {
            return plus(new Fraction(other.over.negate(), other.under));
        }

        Fraction times(Fraction other) {
            return new Fraction(over.multiply(other.over), under.multiply(other.under));
        }

        Fraction dividedBy(Fraction positive) {
            return new Fraction(over.multiply(positive.under), under.multiply(positive.over));
        }

        Fraction min(Fraction other) {
            return compareTo(other) <= 0 ? this : other;
        }

        BigInteger roundedDown() {
            var parts = over.divideAndRemainder(under);
            return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
        }

        BigInteger roundedUp() {
            return new Fraction(over.negate(), under).roundedDown().negate();
        }

        @Override
        public int compareTo(Fraction other) {
            return over.multiply(other.under).compareTo(other.over.multiply(under));
        }
    }
}
