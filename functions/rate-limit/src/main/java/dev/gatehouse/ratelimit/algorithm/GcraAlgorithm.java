// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.ratelimit.algorithm.UsedUnits.Quotient;
import dev.gatehouse.redis.ScriptReply;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The generic cell rate algorithm of ITU-T I.371 (virtual scheduling) for one limit.
 *
 * <p>The state of a limit is its theoretical arrival time, <i>tat</i>: the moment from which the limit is unused. Each
 * unit advances it by the <i>emission interval</i>, window / limit. No charge may advance it beyond now plus the
 * <i>burst tolerance</i>, which is burst emission intervals.
 *
 * <p>A state whose last write is more than a window after now moves back with the clock. The time of the write distinguishes
 * such a step from a debt. A step of up to a window is left alone, because the clocks of several callers may differ.
 *
 * <p>Nothing is rounded; see {@link Micros}. Nothing overflows, even in {@code gcra.lua}, where whole numbers are exact
 * only to 2<sup>53</sup>. The bounds of {@link dev.gatehouse.ratelimit.Limit} keep a tolerance to at most
 * 3.2·10<sup>14</sup> µs, to which a wait adds 9·10<sup>8</sup> µs. An increment is capped at {@link #MAX_INCREMENT} and
 * a debt at {@link #MAX_USED}. Now is below 2<sup>52</sup> µs until the year 2112. The sum is below 2<sup>53</sup>.
 */
final class GcraAlgorithm implements RateAlgorithm {

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
     * The use of a limit.
     *
     * @param tat the theoretical arrival time
     * @param at the latest time at which the state was written
     */
    record State(GcraAlgorithm algorithm, Micros tat, long at) implements LimitState {

        private State with(Micros tat) {
            return new State(algorithm, tat, at);
        }

        @Override
        public boolean isAhead(long now) {
            return at - now > algorithm.windowMicros;
        }

        private State found(long now) {
            var found = isAhead(now) ? new Micros(tat.whole - at + now, tat.part) : tat;
            return found.whole < now
                    ? algorithm.unused(now)
                    : new State(algorithm, found, isAhead(now) ? now : Math.max(at, now));
        }

        @Override
        public State charged(long cost) {
            return with(algorithm.plus(tat, algorithm.emissionTime(cost)));
        }

        @Override
        public boolean fits(long now) {
            return !algorithm.minus(tat, algorithm.tolerance).isAfter(Micros.at(now));
        }

        /** The burst bounds a cost even if it waits: no time admits more at once. */
        @Override
        public boolean admits(long cost, long now, long maxWait) {
            return cost <= algorithm.burst && charged(cost).fits(now + maxWait);
        }

        @Override
        public State forced(long units, long now) {
            var most = Micros.at(now + MAX_USED);
            var forced = charged(units);
            return tat.isAfter(most) ? this : forced.tat.isAfter(most) ? with(most) : forced;
        }

        @Override
        public State refunded(long units, long now) {
            var left = algorithm.minus(tat, algorithm.emissionTime(units));
            return with(left.whole < now ? Micros.at(now) : left);
        }

        @Override
        public State returned(long units, LimitState charged, long now) {
            if (isAhead(now) || !(charged instanceof State state)) {
                return this;
            }
            var weight = algorithm.minus(state.tat, Micros.at(now));
            var time = algorithm.emissionTime(units);
            return weight.whole < 0 ? this : with(algorithm.minus(tat, time.isAfter(weight) ? weight : time));
        }

        @Override
        public State following(LimitState before, LimitState after) {
            return before instanceof State was && after instanceof State is && was.tat.isAfter(is.tat)
                    ? with(algorithm.minus(tat, algorithm.minus(was.tat, is.tat)))
                    : this;
        }

        @Override
        public long remaining(long now) {
            return algorithm.units(algorithm.minus(algorithm.plus(Micros.at(now), algorithm.tolerance), tat));
        }

        @Override
        public @Nullable Long retryAfter(long cost, long now) {
            return cost > algorithm.burst
                    ? null
                    : (Long) (algorithm
                                    .minus(charged(cost).tat, algorithm.tolerance)
                                    .roundedUp()
                            - now);
        }

        @Override
        public long life(long now) {
            return tat.roundedUp() - now;
        }

        @Override
        public UsedUnits used(long now) {
            var found = found(now).tat;
            var units = Quotient.of(found.whole - now, algorithm.limit, algorithm.windowMicros, found.part);
            return new UsedUnits(units.whole(), units.rest(), algorithm.windowMicros, algorithm.burst);
        }

        @Override
        public void writeTo(MessagePackWriter packed) {
            packed.add(tat.whole).add(tat.part).add(at);
        }
    }

    /** The script argument of a charge. */
    private static final class Argument {

        final ChargeTerms terms;
        final byte[] bytes;

        Argument(ChargeTerms terms, byte[] bytes) {
            this.terms = terms;
            this.bytes = bytes;
        }

        boolean isOf(ChargeTerms other) {
            return terms.units() == other.units()
                    && terms.maxWait() == other.maxWait()
                    && terms.block() == other.block()
                    && terms.shadow() == other.shadow();
        }
    }

    private final long limit;
    private final long burst;
    private final long windowMicros;
    private final Micros tolerance;

    /** The last argument, cached because most charges of a limit are equal. */
    private volatile @Nullable Argument lastArgument;

    GcraAlgorithm(long limit, long windowSeconds, long burst) {
        this.limit = limit;
        this.burst = burst;
        this.windowMicros = windowSeconds * MICROS_PER_SECOND;
        this.tolerance = emissionTime(burst);
    }

    Micros tolerance() {
        return tolerance;
    }

    /** Returns {@code units} emission intervals, at most {@link #MAX_INCREMENT}, which never fits. */
    Micros emissionTime(long units) {
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

    /** Returns the number of whole emission intervals in {@code room}. */
    private long units(Micros room) {
        if (room.whole < 0) {
            return 0;
        }
        // At most 10^9, where the error is far below one: the estimate is exact or off by one.
        long estimate = (long) (((double) room.whole * limit + room.part) / windowMicros);
        if (emissionTime(estimate).isAfter(room)) {
            return estimate - 1;
        }
        return emissionTime(estimate + 1).isAfter(room) ? estimate : estimate + 1;
    }

    @Override
    public State unused(long now) {
        return new State(this, Micros.at(now), now);
    }

    @Override
    public State found(LimitState stored, long now) {
        if (stored instanceof State state && equals(state.algorithm)) {
            return state.found(now);
        }
        var used = stored.used(now).under(burst);
        var units = Quotient.of(used.whole(), windowMicros, limit, 0);
        // Whole units are exact. A rest is rounded up by less than two microseconds.
        long rest = Quotient.of(used.rest(), Math.ceilDiv(windowMicros, limit), used.parts(), 0)
                .roundedUp();
        long whole = units.whole() + rest;
        var time = whole >= MAX_USED ? Micros.at(MAX_USED) : new Micros(whole, units.rest());
        return new State(this, plus(Micros.at(now), time), now);
    }

    @Override
    public State read(ScriptReply reply, int at) {
        return new State(this, new Micros(reply.number(at), reply.number(at + 1)), reply.number(at + 2));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GcraAlgorithm that
                && limit == that.limit
                && windowMicros == that.windowMicros
                && burst == that.burst;
    }

    @Override
    public int hashCode() {
        return Objects.hash(limit, windowMicros, burst);
    }

    @Override
    public Kind kind() {
        return Kind.GCRA;
    }

    @Override
    public byte[] checkArgument(ChargeTerms terms, long now) {
        var last = lastArgument;
        if (last == null || !last.isOf(terms)) {
            last = new Argument(terms, RateAlgorithm.super.checkArgument(terms, now));
            lastArgument = last;
        }
        return last.bytes;
    }

    @Override
    public void writeTo(MessagePackWriter packed, ChargeTerms terms, long now) {
        var shape = new MessagePackWriter()
                .add(kind().word())
                .add(limit)
                .add(windowMicros)
                .add(burst);
        var increment = emissionTime(terms.units());
        // A charge may wait if the tolerance has room for it then. One beyond the burst never fits, however long it
        // waits.
        long wait = terms.units() > burst ? 0 : terms.maxWait();
        packed.add(shape.bytes()).add(limit).add(windowMicros);
        packed.add(tolerance.whole + wait).add(tolerance.part);
        packed.add(increment.whole).add(increment.part);
    }
}
