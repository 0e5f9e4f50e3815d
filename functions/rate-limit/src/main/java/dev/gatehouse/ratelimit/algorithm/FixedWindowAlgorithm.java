// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.redis.ScriptReply;
import org.jspecify.annotations.Nullable;

/**
 * The fixed-window counter, which restarts at zero in each window. A debt is use beyond the limit. It carries over into
 * later windows, each of which absorbs one limit's worth.
 *
 * <p>If the clock goes back into the previous window, the later one stays in force, because the clocks of several callers
 * may differ. If it goes back further, the use moves into the window of the clock.
 */
record FixedWindowAlgorithm(long limit, Windows windows) implements RateAlgorithm {

    /**
     * The use of a fixed window.
     *
     * @param used units used
     * @param window the window's number
     * @param end the window's end
     */
    record State(FixedWindowAlgorithm algorithm, long used, long window, long end) implements LimitState {

        private State with(long units) {
            return new State(algorithm, units, window, end);
        }

        @Override
        public State charged(long cost) {
            return with(used + cost);
        }

        @Override
        public boolean fits(long now) {
            return used <= algorithm.limit;
        }

        @Override
        public State forced(long units, long now) {
            return with(Math.max(used, Math.min(used + units, algorithm.mostUsed())));
        }

        @Override
        public State refunded(long units, long now) {
            return with(Math.max(0, used - units));
        }

        @Override
        public State returned(long units, LimitState charged, long now) {
            return charged instanceof State state && state.window == window && now < end ? refunded(units, now) : this;
        }

        @Override
        public long remaining(long now) {
            return Math.max(0, algorithm.limit - used);
        }

        @Override
        public long resetAfter(long now) {
            return used == 0 ? 0 : startAfter((used - 1) / algorithm.limit) - now;
        }

        @Override
        public @Nullable Long retryAfter(long cost, long now) {
            return cost > algorithm.limit
                    ? null
                    : (Long) (startAfter((used + cost - algorithm.limit - 1) / algorithm.limit) - now);
        }

        /** Returns the start of the window {@code more} windows after the next one. */
        private long startAfter(long more) {
            return more == 0 ? end : algorithm.windows.startOf(window + 1 + more);
        }

        @Override
        public long life(long now) {
            return used == 0 ? 0 : end + (used - 1) / algorithm.limit * algorithm.windows.longest() - now;
        }

        @Override
        public boolean isAhead(long now) {
            return window > algorithm.windows.numberAt(now) + 1;
        }

        /** Assumes the longest window for each since, because a script does not have the calendar of another limit. */
        @Override
        public UsedUnits used(long now) {
            long boundaries = end <= now ? 1 + (now - end) / algorithm.windows.longest() : 0;
            return UsedUnits.of(Math.max(0, used - Windows.worth(boundaries, algorithm.limit)), algorithm.limit);
        }

        @Override
        public void writeTo(MessagePackWriter packed) {
            packed.add(used).add(window).add(end);
        }
    }

    private State inWindow(long used, long window) {
        return new State(this, used, window, windows.startOf(window + 1));
    }

    @Override
    public State unused(long now) {
        return inWindow(0, windows.numberAt(now));
    }

    @Override
    public State found(LimitState stored, long now) {
        long window = windows.numberAt(now);
        if (!(stored instanceof State state) || !state.algorithm.windows.equals(windows)) {
            return inWindow(stored.used(now).in(limit, mostUsed()), window);
        }
        long was = state.algorithm.limit;
        long used = state.window < window
                ? Math.max(0, state.used - Windows.worth(window - state.window, was))
                : state.used;
        return inWindow(
                was == limit ? used : UsedUnits.of(used, was).in(limit, mostUsed()),
                state.isAhead(now) ? window : Math.max(window, state.window));
    }

    @Override
    public State read(ScriptReply reply, int at) {
        return new State(this, reply.number(at), reply.number(at + 1), reply.number(at + 2));
    }

    private long mostUsed() {
        return Windows.mostUsed(windows.longest(), limit);
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
    public void writeTo(MessagePackWriter packed, ChargeTerms terms, long now) {
        var shape = new MessagePackWriter().add(kind().word()).add(limit).add(windows.longest());
        switch (windows) {
            case Windows.Even(var micros) -> {
                packed.add(shape.bytes())
                        .add(limit)
                        .add(mostUsed())
                        .add(terms.units())
                        .add(micros);
            }
            case Windows.OfCalendar(Algorithm.CalendarWindow(var period, var zone, var startsOn)) -> {
                shape.add(period.name()).add(zone.getId());
                if (startsOn != null) {
                    shape.add(startsOn.toString());
                }
                packed.add(shape.bytes())
                        .add(limit)
                        .add(mostUsed())
                        .add(terms.units())
                        .add(0);
                long window = windows.numberAt(now);
                packed.add(windows.longest()).add(window);
                // The bounds of three windows around now, because only Redis has the exact time.
                for (long number = window - 1; number <= window + 2; number++) {
                    packed.add(windows.startOf(number));
                }
            }
        }
    }
}
