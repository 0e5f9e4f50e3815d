package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The generic cell rate algorithm of ITU-T I.371 (virtual scheduling) for one limit.
 *
 * <p>A limit's whole state is its theoretical arrival time, <i>tat</i>: the moment from which it is wholly unused.
 * Every unit moves it on by the <i>emission interval</i>, window / limit, and no charge may take it further ahead of now than
 * the <i>burst tolerance</i>, burst emission intervals.
 *
 * <p>Nothing is rounded: see {@link Micros}. Nothing overflows either, here or in {@code gcra.lua}, which knows whole
 * numbers to 2<sup>53</sup> only. By the bounds of {@link Limit} a tolerance is at most 3.2·10<sup>14</sup> µs and an
 * increment, being at most one interval more, twice that; a carried-over debt is cut at {@link #MAX_USED}; and now is
 * below 2<sup>52</sup> µs until the year 2112. Their sum is below 2<sup>53</sup>.
 */
final class Gcra {

    /** The furthest that a tat may be carried ahead of now: 2<sup>51</sup> µs, 71 years. */
    static final long MAX_USED = 1L << 51;

    private static final long MICROS_PER_SECOND = 1_000_000;

    /**
     * A moment, or a length of time, exactly.
     *
     * @param whole whole microseconds
     * @param part what is left, counted in limit-ths of a microsecond; from 0 to limit - 1
     */
    record Micros(long whole, long part) {

        static Micros at(long whole) {
            return new Micros(whole, 0);
        }

        boolean isAfter(Micros other) {
            return whole > other.whole || (whole == other.whole && part > other.part);
        }

        long roundedUp() {
            return part == 0 ? whole : whole + 1;
        }
    }

    /**
     * What gives a stored tat its meaning. Window and burst count only through their product: with it and the limit
     * unchanged, the same tat is the same used share.
     */
    record Shape(long limit, Micros tolerance) {}

    private final long limit;
    private final long burst;
    private final long windowMicros;
    private final Micros tolerance;

    Gcra(Limit limit) {
        this.limit = limit.limit();
        this.burst = limit.burst();
        this.windowMicros = limit.windowSeconds() * MICROS_PER_SECOND;
        this.tolerance = timeToEarn(burst);
    }

    Shape shape() {
        return new Shape(limit, tolerance);
    }

    long burst() {
        return burst;
    }

    /** How far a charge of {@code cost} moves the tat. One unit beyond the burst stands for all that never fit. */
    Micros increment(long cost) {
        return timeToEarn(Math.min(cost, burst + 1));
    }

    /** {@code units} emission intervals, for up to a unit more than the burst. */
    private Micros timeToEarn(long units) {
        // The interval's remainder and the units are at most 10^9 each, so their product is exact.
        long parts = units * (windowMicros % limit);
        return new Micros(units * (windowMicros / limit) + parts / limit, parts % limit);
    }

    /** The tat in force at {@code now}: what lies in the past says no more than now does. */
    Micros current(Micros tat, long now) {
        return tat.whole < now ? Micros.at(now) : tat;
    }

    Micros plus(Micros tat, Micros increment) {
        long whole = tat.whole + increment.whole;
        long part = tat.part + increment.part;
        return part < limit ? new Micros(whole, part) : new Micros(whole + 1, part - limit);
    }

    Micros minus(Micros tat, Micros decrement) {
        long whole = tat.whole - decrement.whole;
        long part = tat.part - decrement.part;
        return part >= 0 ? new Micros(whole, part) : new Micros(whole - 1, part + limit);
    }

    /** Whether a charge may take the tat to {@code newTat}. */
    boolean admits(Micros newTat, long now) {
        return !minus(newTat, tolerance).isAfter(Micros.at(now));
    }

    /**
     * A tat that was stored under another shape, as one of this limit: the same share of the tolerance is used. Rounded
     * up to a microsecond, for a change of limit must not admit more. (A tolerance below a microsecond counts as one.)
     *
     * @param tat not before {@code now}
     */
    Micros carryOver(Micros tat, Shape was, long now) {
        var used = new Micros(tat.whole - now, tat.part);
        var carried = mulDivUp(used.roundedUp(), tolerance.roundedUp(), Math.max(1, was.tolerance.whole));
        if (carried > tolerance.whole && !used.isAfter(was.tolerance)) {
            // Up to the whole tolerance was used, so what lies beyond it is rounding.
            return new Micros(now + tolerance.whole, tolerance.part);
        }
        return Micros.at(now + carried);
    }

    private static long mulDivUp(long value, long numerator, long denominator) {
        var product = BigInteger.valueOf(value).multiply(BigInteger.valueOf(numerator));
        var divided = product.divideAndRemainder(BigInteger.valueOf(denominator));
        var up = divided[1].signum() == 0 ? divided[0] : divided[0].add(BigInteger.ONE);
        return up.min(BigInteger.valueOf(MAX_USED)).longValueExact();
    }

    /** The decision in the caller's terms, from the tat that the check left behind. */
    LimitDecision decision(boolean allowed, long cost, Micros tat, long now) {
        var inForce = current(tat, now);
        var resetAfter = micros(inForce.roundedUp() - now);
        return allowed
                ? new Allowed(remaining(inForce, now), resetAfter)
                : new Denied(remaining(inForce, now), resetAfter, retryAfter(cost, inForce, now));
    }

    private @Nullable Duration retryAfter(long cost, Micros tat, long now) {
        if (cost > burst) {
            return null;
        }
        return micros(minus(plus(tat, increment(cost)), tolerance).roundedUp() - now);
    }

    /** How many emission intervals fit between the tat and the furthest that it may go. */
    private long remaining(Micros tat, long now) {
        var room = minus(new Micros(now + tolerance.whole, tolerance.part), tat);
        if (room.whole < 0) {
            return 0;
        }
        // At most 10^9, where the estimate is off by far less than one: it is right or next to right.
        long estimate = (long) (((double) room.whole * limit + room.part) / windowMicros);
        if (timeToEarn(estimate).isAfter(room)) {
            return estimate - 1;
        }
        return timeToEarn(estimate + 1).isAfter(room) ? estimate : estimate + 1;
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
