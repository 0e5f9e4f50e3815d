package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The generic cell rate algorithm of ITU-T I.371 (virtual scheduling) for one limit.
 *
 * <p>The state of a limit is its theoretical arrival time, <i>tat</i>: the moment from which the limit is unused. Each
 * unit advances it by the <i>emission interval</i>, window / limit. No charge may advance it beyond now plus the
 * <i>burst tolerance</i>, which is burst emission intervals.
 *
 * <p>Nothing is rounded; see {@link Micros}. Nothing overflows, even in {@code gcra.lua}, where whole numbers are exact
 * only to 2<sup>53</sup>. The bounds of {@link Limit} keep a tolerance to at most 3.2·10<sup>14</sup> µs. An increment
 * is capped at {@link #MAX_INCREMENT} and a debt at {@link #MAX_USED}. Now is below 2<sup>52</sup> µs until the year
 * 2112. The sum is below 2<sup>53</sup>.
 */
final class GcraMeter implements Meter {

    /** The maximum distance of a tat from now: 2<sup>51</sup> µs, 71 years. */
    static final long MAX_USED = 1L << 51;

    /** The maximum increment of one charge: 2<sup>50</sup> µs, over three times the longest tolerance. */
    static final long MAX_INCREMENT = 1L << 50;

    private static final long MICROS_PER_SECOND = 1_000_000;

    /**
     * An exact moment or duration.
     *
     * @param whole whole microseconds
     * @param part the remainder in limit-ths of a microsecond; 0 to limit - 1
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
     * The parameters that give a stored tat its meaning. Window and burst count only through their product, the
     * tolerance.
     */
    record Shape(long limit, Micros tolerance) implements Meter.Shape {

        /** Counts a tolerance below a microsecond as one. */
        @Override
        public Share share(Use use, long now) {
            if (use.a() < now) {
                return new Share(0, 1, true, false);
            }
            var used = new Micros(use.a() - now, use.b());
            return new Share(used.roundedUp(), Math.max(1, tolerance.whole), !used.isAfter(tolerance), false);
        }
    }

    /** The script argument of a charge. */
    private static final class Told {

        final long units;
        final boolean shadow;
        final byte[] argument;

        Told(long units, boolean shadow, byte[] argument) {
            this.units = units;
            this.shadow = shadow;
            this.argument = argument;
        }
    }

    private final long limit;
    private final long burst;
    private final long windowMicros;
    private final Micros tolerance;

    /** The last argument, cached because most charges of a limit are equal. */
    private volatile @Nullable Told lastTold;

    GcraMeter(Limit limit) {
        this.limit = limit.limit();
        this.burst = limit.capacity();
        this.windowMicros = Objects.requireNonNull(limit.algorithm().windowSeconds()) * MICROS_PER_SECOND;
        this.tolerance = timeToEarn(burst);
    }

    @Override
    public Shape shape() {
        return new Shape(limit, tolerance);
    }

    /** Returns {@code units} emission intervals, at most {@link #MAX_INCREMENT}, which never fits. */
    Micros timeToEarn(long units) {
        long interval = windowMicros / limit;
        if (units != 0 && interval > MAX_INCREMENT / units) {
            return Micros.at(MAX_INCREMENT);
        }
        // The interval's remainder and the units are at most 10^9 each, so their product is exact.
        long parts = units * (windowMicros % limit);
        return new Micros(units * interval + parts / limit, parts % limit);
    }

    private Micros plus(Micros tat, Micros increment) {
        long whole = tat.whole + increment.whole;
        long part = tat.part + increment.part;
        return part < limit ? new Micros(whole, part) : new Micros(whole + 1, part - limit);
    }

    private Micros minus(Micros tat, Micros decrement) {
        long whole = tat.whole - decrement.whole;
        long part = tat.part - decrement.part;
        return part >= 0 ? new Micros(whole, part) : new Micros(whole - 1, part + limit);
    }

    private static Micros tat(Use use) {
        return new Micros(use.a(), use.b());
    }

    private static Use use(Micros tat) {
        return new Use(tat.whole, tat.part, 0);
    }

    @Override
    public Use unused(long now) {
        return new Use(now, 0, 0);
    }

    @Override
    public Use found(Kept kept, long now) {
        if (shape().equals(kept.shape())) {
            return kept.use().a() < now ? unused(now) : kept.use();
        }
        var was = kept.shape().share(kept.use(), now);
        long carried = Scaled.up(was.used(), tolerance.roundedUp(), was.capacity(), MAX_USED);
        // At most the whole tolerance was used, so any excess is rounding.
        return was.within() && carried > tolerance.whole
                ? new Use(now + tolerance.whole, tolerance.part, 0)
                : new Use(now + carried, 0, 0);
    }

    @Override
    public Use charged(Use use, long cost) {
        return use(plus(tat(use), timeToEarn(cost)));
    }

    @Override
    public boolean admits(Use charged, long now) {
        return !minus(tat(charged), tolerance).isAfter(Micros.at(now));
    }

    @Override
    public Use forced(Use use, long units, long now) {
        var most = Micros.at(now + MAX_USED);
        var forced = plus(tat(use), timeToEarn(units));
        return tat(use).isAfter(most) ? use : use(forced.isAfter(most) ? most : forced);
    }

    @Override
    public Use refunded(Use use, long units, long now) {
        var left = minus(tat(use), timeToEarn(units));
        return left.whole < now ? unused(now) : use(left);
    }

    @Override
    public long life(Use use, long now) {
        return tat(use).roundedUp() - now;
    }

    @Override
    public LimitDecision decision(boolean allowed, long cost, Use left, long now) {
        var tat = tat(left);
        var resetAfter = micros(life(left, now));
        return allowed
                ? new Allowed(remaining(tat, now), resetAfter)
                : new Denied(remaining(tat, now), resetAfter, retryAfter(cost, tat, now));
    }

    private @Nullable Duration retryAfter(long cost, Micros tat, long now) {
        if (cost > burst) {
            return null;
        }
        return micros(minus(plus(tat, timeToEarn(cost)), tolerance).roundedUp() - now);
    }

    /** Returns the number of emission intervals between the tat and its furthest admissible value. */
    private long remaining(Micros tat, long now) {
        var room = minus(new Micros(now + tolerance.whole, tolerance.part), tat);
        if (room.whole < 0) {
            return 0;
        }
        // At most 10^9, where the error is far below one: the estimate is exact or off by one.
        long estimate = (long) (((double) room.whole * limit + room.part) / windowMicros);
        if (timeToEarn(estimate).isAfter(room)) {
            return estimate - 1;
        }
        return timeToEarn(estimate + 1).isAfter(room) ? estimate : estimate + 1;
    }

    @Override
    public Kind kind() {
        return Kind.GCRA;
    }

    @Override
    public byte[] checkArgument(long units, boolean shadow, long now) {
        var told = lastTold;
        if (told == null || told.units != units || told.shadow != shadow) {
            told = new Told(units, shadow, Meter.super.checkArgument(units, shadow, now));
            lastTold = told;
        }
        return told.argument;
    }

    @Override
    public void describe(MessagePackWriter to, long units, long now) {
        var shape = new MessagePackWriter()
                .add(kind().word)
                .add(limit)
                .add(tolerance.whole)
                .add(tolerance.part);
        var increment = timeToEarn(units);
        to.add(shape.bytes())
                .add(limit)
                .add(tolerance.whole)
                .add(tolerance.part)
                .add(increment.whole)
                .add(increment.part);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1000);
    }
}
