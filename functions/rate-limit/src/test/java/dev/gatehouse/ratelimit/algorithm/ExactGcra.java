// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.ratelimit.Limit;
import java.math.BigInteger;

/**
 * A model of the generic cell rate algorithm.
 *
 * @param latest the latest time at which it was read or written
 */
record ExactGcra(Limit limit, Fraction tat, long latest) implements ExactUse {

    private static final Fraction LONGEST_MOVE = Fraction.of(1L << 50);

    private ExactGcra with(Fraction moved) {
        return new ExactGcra(limit, moved, latest);
    }

    @Override
    public boolean isAhead(long now) {
        return latest - now > limit.algorithm().windowSeconds() * 1_000_000;
    }

    @Override
    public ExactGcra at(long now) {
        var moved = isAhead(now) ? tat.minus(Fraction.of(latest - now)) : tat;
        boolean passed = moved.compareTo(Fraction.of(now)) < 0;
        return new ExactGcra(
                limit, passed ? Fraction.of(now) : moved, passed || isAhead(now) ? now : Math.max(latest, now));
    }

    @Override
    public boolean isOf(Limit other) {
        return other.algorithm().equals(limit.algorithm()) && other.limit() == limit.limit();
    }

    @Override
    public ExactUse under(Limit other, long now) {
        if (isOf(other)) {
            return at(now);
        }
        var units = at(now).tat.minus(Fraction.of(now)).dividedBy(length(1)).min(new Fraction(MOST, BigInteger.ONE));
        return ExactUse.none(other, now).takenOver(new Used(units, limit.capacity()), now);
    }

    /** Whole units are exact, and a rest is rounded up twice. */
    @Override
    public ExactGcra takenOver(Used used, long now) {
        var most = new Fraction(MOST, BigInteger.ONE);
        var units = used.under(limit.capacity());
        var whole = new Fraction(units.roundedDown(), BigInteger.ONE);
        var longest = new Fraction(length(1).roundedUp(), BigInteger.ONE);
        var rest = new Fraction(units.minus(whole).times(longest).roundedUp(), BigInteger.ONE);
        return with(Fraction.of(now).plus(length(1).times(whole).plus(rest).min(most)));
    }

    @Override
    public boolean fits(long cost, long now) {
        return cost <= limit.capacity()
                && tat.plus(length(cost)).compareTo(Fraction.of(now).plus(tolerance(limit))) <= 0;
    }

    @Override
    public ExactGcra charged(long cost) {
        return with(tat.plus(length(cost)));
    }

    @Override
    public ExactGcra forced(long units, long now) {
        var most = Fraction.of(now + (1L << 51));
        var moved = tat.plus(length(units).min(LONGEST_MOVE)).min(most);
        return moved.compareTo(tat) > 0 ? with(moved) : this;
    }

    @Override
    public ExactGcra refunded(long units, long now) {
        var left = tat.minus(length(units).min(LONGEST_MOVE));
        return with(left.compareTo(Fraction.of(now)) < 0 ? Fraction.of(now) : left);
    }

    @Override
    public long remaining(long now) {
        var room = Fraction.of(now).plus(tolerance(limit)).minus(tat).dividedBy(length(1));
        return room.roundedDown().max(BigInteger.ZERO).longValueExact();
    }

    @Override
    public long unusedAt(long now) {
        return tat.roundedUp().longValueExact();
    }

    @Override
    public long fitsAt(long cost, long now) {
        return tat.plus(length(cost)).minus(tolerance(limit)).roundedUp().longValueExact();
    }

    @Override
    public long forgottenAt(long now) {
        return unusedAt(now);
    }

    private Fraction length(long units) {
        return new Fraction(
                        BigInteger.valueOf(limit.algorithm().windowSeconds()).multiply(BigInteger.valueOf(1_000_000)),
                        BigInteger.valueOf(limit.limit()))
                .times(Fraction.of(units));
    }

    private static Fraction tolerance(Limit limit) {
        return new ExactGcra(limit, Fraction.of(0), 0).length(limit.capacity());
    }
}
