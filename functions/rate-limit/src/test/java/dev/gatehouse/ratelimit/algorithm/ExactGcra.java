package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.ratelimit.Limit;
import java.math.BigInteger;

/** A model of the generic cell rate algorithm. */
record ExactGcra(Limit limit, Fraction tat) implements ExactUse {

    private static final Fraction LONGEST_MOVE = Fraction.of(1L << 50);

    @Override
    public ExactGcra at(long now) {
        return tat.compareTo(Fraction.of(now)) < 0 ? new ExactGcra(limit, Fraction.of(now)) : this;
    }

    @Override
    public boolean isOf(Limit other) {
        return other.algorithm() instanceof Algorithm.Gcra
                && other.limit() == limit.limit()
                && tolerance(other).compareTo(tolerance(limit)) == 0;
    }

    @Override
    public ExactUse under(Limit other, long now) {
        return isOf(other)
                ? new ExactGcra(other, tat).at(now)
                : ExactUse.none(other, now).takenOver(share(now), now);
    }

    private Share share(long now) {
        var used = at(now).tat.minus(Fraction.of(now));
        long of = tolerance(limit).roundedDown().max(BigInteger.ONE).longValueExact();
        return new Share(used.roundedUp().longValueExact(), of, used.compareTo(tolerance(limit)) <= 0, false);
    }

    @Override
    public ExactGcra takenOver(Share share, long now) {
        var tolerance = tolerance(limit);
        var used = new Fraction(ExactUse.scaled(share, tolerance.roundedUp().longValueExact()), BigInteger.ONE);
        return new ExactGcra(limit, Fraction.of(now).plus(share.within() ? used.min(tolerance) : used));
    }

    @Override
    public boolean fits(long cost, long now) {
        return cost <= limit.capacity()
                && tat.plus(length(cost)).compareTo(Fraction.of(now).plus(tolerance(limit))) <= 0;
    }

    @Override
    public ExactGcra charged(long cost) {
        return new ExactGcra(limit, tat.plus(length(cost)));
    }

    @Override
    public ExactGcra forced(long units, long now) {
        var most = Fraction.of(now + (1L << 51));
        var moved = tat.plus(length(units).min(LONGEST_MOVE)).min(most);
        return moved.compareTo(tat) > 0 ? new ExactGcra(limit, moved) : this;
    }

    @Override
    public ExactGcra refunded(long units, long now) {
        return new ExactGcra(limit, tat.minus(length(units).min(LONGEST_MOVE))).at(now);
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
        return new ExactGcra(limit, Fraction.of(0)).length(limit.capacity());
    }
}
