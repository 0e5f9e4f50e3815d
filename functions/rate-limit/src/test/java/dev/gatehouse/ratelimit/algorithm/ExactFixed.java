// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.ratelimit.Limit;

/** Units used in a window, a limit's worth of which goes at each boundary. */
record ExactFixed(Limit limit, Windows windows, long used, long window) implements ExactUse {

    static ExactFixed none(Limit limit, Windows windows, long now) {
        return new ExactFixed(limit, windows, 0, windows.numberAt(now));
    }

    @Override
    public boolean isAhead(long now) {
        return window > windows.numberAt(now) + 1;
    }

    @Override
    public ExactFixed at(long now) {
        if (isAhead(now)) {
            return new ExactFixed(limit, windows, used, windows.numberAt(now));
        }
        long boundaries = Math.max(0, windows.numberAt(now) - window);
        return without(boundaries, window + boundaries);
    }

    private ExactFixed without(long boundaries, long then) {
        return new ExactFixed(limit, windows, Math.max(0, used - Math.multiplyExact(boundaries, limit.limit())), then);
    }

    @Override
    public boolean isOf(Limit other) {
        return hasWindowsOf(other) && other.limit() == limit.limit();
    }

    private boolean hasWindowsOf(Limit other) {
        return switch (other.algorithm()) {
            case Algorithm.FixedWindow fixed -> windows.equals(Windows.of(fixed));
            case Algorithm.CalendarWindow calendar -> windows.equals(Windows.of(calendar));
            case Algorithm.Gcra _, Algorithm.SlidingWindow _, Algorithm.Unlimited _ -> false;
        };
    }

    @Override
    public ExactUse under(Limit other, long now) {
        if (!hasWindowsOf(other)) {
            return ExactUse.none(other, now).takenOver(Used.whole(usedElsewhere(now), limit.limit()), now);
        }
        var at = at(now);
        return new ExactFixed(other, windows, Used.whole(at.used, limit.limit()).in(other, most(other)), at.window);
    }

    /** Other kinds of limit count the boundaries passed as if all windows were the longest. */
    private long usedElsewhere(long now) {
        long end = windows.startOf(window + 1);
        return now < end ? used : without(1 + (now - end) / windows.longest(), window).used;
    }

    @Override
    public ExactFixed takenOver(Used used, long now) {
        return new ExactFixed(limit, windows, used.in(limit, most(limit)), window);
    }

    private long most(Limit limit) {
        return ExactUse.tenYearsWorth(limit.limit(), windows.longest());
    }

    @Override
    public boolean fits(long cost, long now) {
        return at(now).used + cost <= limit.limit();
    }

    @Override
    public ExactFixed charged(long cost) {
        return new ExactFixed(limit, windows, used + cost, window);
    }

    @Override
    public ExactFixed forced(long units, long now) {
        return charged(Math.max(0, Math.min(units, most(limit) - used)));
    }

    @Override
    public ExactFixed refunded(long units, long now) {
        return charged(-Math.min(units, used));
    }

    @Override
    public long remaining(long now) {
        return Math.max(0, limit.limit() - used);
    }

    @Override
    public long unusedAt(long now) {
        return FirstMoment.from(now, time -> at(time).used == 0);
    }

    @Override
    public long fitsAt(long cost, long now) {
        return FirstMoment.from(now, time -> fits(cost, time));
    }

    @Override
    public long forgottenAt(long now) {
        return FirstMoment.from(now, time -> at(time).used == 0 && usedElsewhere(time) == 0);
    }
}
