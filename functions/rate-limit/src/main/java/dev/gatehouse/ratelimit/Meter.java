package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.MessagePackWriter;

/**
 * The arithmetic of one limit, the same in memory as in its Lua fragment. All times are in microseconds since 1970.
 *
 * <p>A {@link Use} consists of at most three whole numbers. They have a meaning only together with the {@link Shape} of
 * the limit that wrote them.
 */
sealed interface Meter permits GcraMeter, FixedWindowMeter, SlidingWindowMeter {

    /**
     * The use of a limit at one moment.
     *
     * <table>
     * <caption>Its numbers</caption>
     * <tr><td>{@link GcraMeter}</td><td>the theoretical arrival time, its part, 0</td></tr>
     * <tr><td>{@link FixedWindowMeter}</td><td>units used, the window's number, its end</td></tr>
     * <tr><td>{@link SlidingWindowMeter}</td><td>units in the current bucket, in the previous one, the current bucket's
     * number</td></tr>
     * </table>
     */
    record Use(long a, long b, long c) {}

    /** The parameters of a limit that give the numbers of a {@link Use} their meaning. */
    sealed interface Shape permits GcraMeter.Shape, FixedWindowMeter.Shape, SlidingWindowMeter.Shape {

        /** Returns the share in use at {@code now}, for a limit of another shape to carry over. */
        Share share(Use use, long now);
    }

    /**
     * The used share of a limit.
     *
     * @param used the amount in use, rounded up
     * @param capacity the amount that {@code used} is a share of; at least 1
     * @param within whether the exact use is at most the capacity
     * @param inUnits whether both amounts are units; otherwise they are microseconds
     */
    record Share(long used, long capacity, boolean within, boolean inUnits) {}

    /** The stored record of a limit. */
    record Kept(Shape shape, Use use) {}

    /** Returns the meter of a counted limit. */
    static Meter of(Limit limit) {
        return switch (limit.algorithm()) {
            case Algorithm.Gcra _ -> new GcraMeter(limit);
            case Algorithm.SlidingWindow sliding -> new SlidingWindowMeter(limit.limit(), sliding);
            case Algorithm.FixedWindow fixed -> new FixedWindowMeter(limit.limit(), Windows.of(fixed));
            case Algorithm.CalendarWindow calendar -> new FixedWindowMeter(limit.limit(), Windows.of(calendar));
            case Algorithm.Unlimited _ -> throw new IllegalArgumentException("not counted");
        };
    }

    Shape shape();

    /** Returns the state of an unused limit. */
    Use unused(long now);

    /**
     * Returns the use at {@code now}: the use earned back since is subtracted, and that of another shape is carried
     * over.
     */
    Use found(Kept kept, long now);

    /** Returns the use after a charge, whether the charge fits or not. */
    Use charged(Use use, long cost);

    /** Returns whether the limit admits a charge that leaves {@code charged}. */
    boolean admits(Use charged, long now);

    /**
     * Returns the use after an unconditional charge. Use beyond the limit is a debt.
     *
     * <p>Use is capped at the amount earned back in ten years and at {@link FixedWindowMeter#MAX_COUNT} units. GCRA
     * caps it at 71 years.
     */
    Use forced(Use use, long units, long now);

    /** Returns the use after {@code units} are given back; never below unused. */
    Use refunded(Use use, long units, long now);

    /**
     * Returns the microseconds for which the record must be stored, until a limit of any kind is unused; 0 if it is
     * now.
     */
    long life(Use use, long now);

    /** Returns the decision of a check that left {@code left}. */
    LimitDecision decision(boolean allowed, long cost, Use left, long now);

    /** A kind of limit: its name in scripts and the Lua fragment that it needs. */
    enum Kind {
        GCRA("gcra", "gcra", 2, 1),
        FIXED_WINDOW("fixed", "fixed-window", 3, 2),
        SLIDING_WINDOW("sliding", "sliding-window", 3, 4);

        final String word;
        final String fragment;

        /** The count of numbers in a {@link Use} that it stores. */
        final int numbers;

        /** The bit that represents it in a set of kinds. */
        final int bit;

        Kind(String word, String fragment, int numbers, int bit) {
            this.word = word;
            this.fragment = fragment;
            this.numbers = numbers;
            this.bit = bit;
        }
    }

    Kind kind();

    /** Returns whether its windows follow the calendar, so that scripts need their bounds. */
    default boolean goesByCalendar() {
        return false;
    }

    /** Returns the argument of {@code check.lua} for a charge. */
    default byte[] checkArgument(long units, boolean shadow, long now) {
        var packed = new MessagePackWriter().add(kind().word).add(shadow ? 1 : 0);
        describe(packed, units, now);
        return packed.bytes();
    }

    /**
     * Appends the parameters of this kind's fragment, in their order.
     *
     * @param units the units to charge or give back
     * @param now the approximate time of the call, for windows that a script cannot compute
     */
    void describe(MessagePackWriter to, long units, long now);
}
