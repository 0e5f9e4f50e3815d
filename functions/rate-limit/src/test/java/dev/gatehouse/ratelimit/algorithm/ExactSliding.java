// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.ratelimit.Limit;

/** Units used in a bucket and in the one before, a limit's worth of which passes from the one to the other. */
record ExactSliding(Limit limit, long length, long current, long previous, long bucket) implements ExactUse {

    static ExactSliding none(Limit limit, long length, long now) {
        return new ExactSliding(limit, length, 0, 0, Math.floorDiv(now, length));
    }

    @Override
    public boolean isAhead(long now) {
        return bucket > Math.floorDiv(now, length) + 1;
    }

    @Override
    public ExactSliding at(long now) {
        if (isAhead(now)) {
            return new ExactSliding(limit, length, current, previous, Math.floorDiv(now, length));
        }
        long boundaries = Math.floorDiv(now, length) - bucket;
        if (boundaries <= 0) {
            return this;
        }
        long before = currentAfter(boundaries - 1);
        return new ExactSliding(
                limit, length, currentAfter(boundaries), Math.min(before, limit.limit()), bucket + boundaries);
    }

    private long currentAfter(long boundaries) {
        return Math.max(0, current - Math.multiplyExact(boundaries, limit.limit()));
    }

    /** At {@link #at} now. */
    private long used(long now) {
        long tick = Math.ceilDiv(length, 1L << 22);
        long ticks = Math.ceilDiv(length, tick);
        long passed = Math.max(0, now - bucket * length) / tick;
        return current + Math.ceilDiv(Math.multiplyExact(previous, ticks - passed), ticks);
    }

    @Override
    public boolean isOf(Limit other) {
        return hasBucketsOf(other) && other.limit() == limit.limit();
    }

    private boolean hasBucketsOf(Limit other) {
        return other.algorithm() instanceof Algorithm.SlidingWindow(var seconds) && seconds * 1_000_000 == length;
    }

    @Override
    public ExactUse under(Limit other, long now) {
        var at = at(now);
        if (!hasBucketsOf(other)) {
            return ExactUse.none(other, now).takenOver(Used.whole(at.used(now), limit.limit()), now);
        }
        return new ExactSliding(
                other,
                length,
                Used.whole(at.current, limit.limit()).in(other, most(other)),
                Math.min(at.previous, other.limit()),
                at.bucket);
    }

    @Override
    public ExactSliding takenOver(Used used, long now) {
        return new ExactSliding(limit, length, used.in(limit, most(limit)), 0, bucket);
    }

    private long most(Limit limit) {
        return ExactUse.tenYearsWorth(limit.limit(), length);
    }

    @Override
    public boolean fits(long cost, long now) {
        return at(now).used(now) + cost <= limit.limit();
    }

    @Override
    public ExactSliding charged(long cost) {
        return new ExactSliding(limit, length, current + cost, previous, bucket);
    }

    @Override
    public ExactSliding forced(long units, long now) {
        return charged(Math.max(0, Math.min(units, most(limit) - current)));
    }

    /** From the current bucket first. */
    @Override
    public ExactSliding refunded(long units, long now) {
        long here = Math.min(units, current);
        long before = Math.min(units - here, previous);
        return new ExactSliding(limit, length, current - here, previous - before, bucket);
    }

    @Override
    public long remaining(long now) {
        return Math.max(0, limit.limit() - used(now));
    }

    @Override
    public long unusedAt(long now) {
        return FirstMoment.from(now, time -> at(time).current + at(time).previous == 0);
    }

    @Override
    public long fitsAt(long cost, long now) {
        return FirstMoment.from(now, time -> fits(cost, time));
    }

    @Override
    public long forgottenAt(long now) {
        return unusedAt(now);
    }
}
