package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import java.time.Duration;

/**
 * The fixed-window counter, which restarts at zero in each window. A debt is use beyond the limit. It carries over into
 * later windows, each of which absorbs one limit's worth.
 *
 * <p>If the clock goes back, the later window stays in force until the clock reaches it again.
 */
record FixedWindowMeter(long limit, Windows windows) implements Meter {

    /** The upper bound of a count, which keeps it a whole number in Lua. */
    static final long MAX_COUNT = 1L << 51;

    private static final long TEN_YEARS = Limit.MAX_WINDOW_SECONDS * 1_000_000;

    record Shape(long limit, Windows windows) implements Meter.Shape {

        /** Assumes the longest window for each since, because a script does not have the calendar of another limit. */
        @Override
        public Share share(Use use, long now) {
            long boundaries = use.c() <= now ? 1 + (now - use.c()) / windows.longest() : 0;
            long used = Math.max(0, use.a() - worth(boundaries, limit));
            return new Share(used, limit, used <= limit, true);
        }
    }

    @Override
    public Shape shape() {
        return new Shape(limit, windows);
    }

    @Override
    public Use unused(long now) {
        return inWindow(0, windows.numberAt(now));
    }

    private Use inWindow(long used, long window) {
        return new Use(used, window, windows.startOf(window + 1));
    }

    @Override
    public Use found(Kept kept, long now) {
        long window = windows.numberAt(now);
        var use = kept.use();
        if (!(kept.shape() instanceof Shape was) || !was.windows.equals(windows)) {
            return inWindow(Scaled.units(kept.shape().share(use, now), limit, mostUsed()), window);
        }
        long used = use.b() < window ? Math.max(0, use.a() - worth(window - use.b(), was.limit)) : use.a();
        if (was.limit != limit) {
            used = Scaled.units(used, was.limit, limit, mostUsed());
        }
        return inWindow(used, Math.max(window, use.b()));
    }

    /** Returns the units of {@code windows} windows, at most {@link #MAX_COUNT}. */
    private static long worth(long windows, long limit) {
        return windows > MAX_COUNT / limit ? MAX_COUNT : windows * limit;
    }

    /** Returns the largest debt: ten years pass until it is earned back. */
    private long mostUsed() {
        return worth(Math.max(1, TEN_YEARS / windows.longest()), limit);
    }

    @Override
    public Use charged(Use use, long cost) {
        return new Use(use.a() + cost, use.b(), use.c());
    }

    @Override
    public boolean admits(Use charged, long now) {
        return charged.a() <= limit;
    }

    @Override
    public Use forced(Use use, long units, long now) {
        return new Use(Math.max(use.a(), Math.min(use.a() + units, mostUsed())), use.b(), use.c());
    }

    @Override
    public Use refunded(Use use, long units, long now) {
        return new Use(Math.max(0, use.a() - units), use.b(), use.c());
    }

    @Override
    public long life(Use use, long now) {
        return use.a() == 0 ? 0 : use.c() + (use.a() - 1) / limit * windows.longest() - now;
    }

    @Override
    public LimitDecision decision(boolean allowed, long cost, Use left, long now) {
        long remaining = Math.max(0, limit - left.a());
        var resetAfter = left.a() == 0 ? Duration.ZERO : micros(startAfter(left, (left.a() - 1) / limit) - now);
        if (allowed) {
            return new Allowed(remaining, resetAfter);
        }
        return new Denied(
                remaining,
                resetAfter,
                cost > limit ? null : micros(startAfter(left, (left.a() + cost - limit - 1) / limit) - now));
    }

    /** Returns the start of the window {@code more} windows after the next one. */
    private long startAfter(Use use, long more) {
        return more == 0 ? use.c() : windows.startOf(use.b() + 1 + more);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1000);
    }

    @Override
    public Kind kind() {
        return Kind.FIXED_WINDOW;
    }

    @Override
    public boolean goesByCalendar() {
        return windows instanceof Windows.OfCalendar;
    }

    @Override
    public void describe(MessagePackWriter to, long units, long now) {
        var shape = new MessagePackWriter().add(kind().word).add(limit).add(windows.longest());
        switch (windows) {
            case Windows.Even(var micros) -> {
                to.add(shape.bytes()).add(limit).add(mostUsed()).add(units).add(micros);
            }
            case Windows.OfCalendar(var period, var zone) -> {
                shape.add(period.name()).add(zone.getId());
                to.add(shape.bytes()).add(limit).add(mostUsed()).add(units).add(0);
                describeCalendar(to, windows.numberAt(now));
            }
        }
    }

    /** Appends the bounds of three windows around now, because only Redis has the exact time. */
    private void describeCalendar(MessagePackWriter to, long window) {
        to.add(windows.longest()).add(window);
        for (long number = window - 1; number <= window + 2; number++) {
            to.add(windows.startOf(number));
        }
    }
}
