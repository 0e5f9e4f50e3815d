package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.MessagePackWriter;

/**
 * The arithmetic of one limit: in memory the same as in its Lua fragment. All times are in microseconds since 1970.
 *
 * <p>What is used of a limit is at most three whole numbers ({@link Use}), which mean something only together with the
 * {@link Shape} of the limit that they were charged by.
 */
sealed interface Meter permits GcraMeter, FixedWindowMeter, SlidingWindowMeter {

    /**
     * How much of a limit is used, as of a moment.
     *
     * <table>
     * <caption>Its numbers</caption>
     * <tr><td>{@link GcraMeter}</td><td>the tat, its part, 0</td></tr>
     * <tr><td>{@link FixedWindowMeter}</td><td>units used, the window's number, its end</td></tr>
     * <tr><td>{@link SlidingWindowMeter}</td><td>units in this bucket, in the one before, this bucket's number</td></tr>
     * </table>
     */
    record Use(long a, long b, long c) {}

    /** What gives the numbers of a {@link Use} their meaning. */
    sealed interface Shape permits GcraMeter.Shape, FixedWindowMeter.Shape, SlidingWindowMeter.Shape {

        /** How much of it is used at {@code now}, for a limit of another shape to carry over. */
        Share share(Use use, long now);
    }

    /**
     * How much is used, in the terms of the limit that counted it.
     *
     * @param used rounded up
     * @param capacity at least 1; what {@code used} is a share of
     * @param within whether no more is used than there is
     * @param inUnits whether both count units, and not time
     */
    record Share(long used, long capacity, boolean within, boolean inUnits) {}

    /** What is remembered of a limit. */
    record Kept(Shape shape, Use use) {}

    /** The meter of a limit that is counted. */
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

    /** Nothing used. */
    Use unused(long now);

    /** What was {@code kept}, as of now: what has been earned back since is gone, and another shape is carried over. */
    Use found(Kept kept, long now);

    /** What a charge would make of it. */
    Use charged(Use use, long cost);

    /** Whether a charge may make it that. */
    boolean admits(Use charged, long now);

    /**
     * A charge that is not asked whether it fits: what is too much is a debt. In all no more may be used than ten years
     * give back (nor more than {@link FixedWindowMeter#MAX_COUNT} units), by GCRA 71 years.
     */
    Use forced(Use use, long units, long now);

    /** What is left when so many units are given back; never less than nothing used. */
    Use refunded(Use use, long units, long now);

    /** How long it has to be kept: until nothing is used for a limit of any kind; 0 when nothing is. */
    long life(Use use, long now);

    /** The decision in the caller's terms, from what the check left. */
    LimitDecision decision(boolean allowed, long cost, Use left, long now);

    /** A kind of limit: the word by which scripts know it, and the fragment that they need for it. */
    enum Kind {
        GCRA("gcra", "gcra", 2, 1),
        FIXED_WINDOW("fixed", "fixed-window", 3, 2),
        SLIDING_WINDOW("sliding", "sliding-window", 3, 4);

        final String word;
        final String fragment;

        /** How many numbers of a {@link Use} it needs. */
        final int numbers;

        /** For sets of kinds. */
        final int bit;

        Kind(String word, String fragment, int numbers, int bit) {
            this.word = word;
            this.fragment = fragment;
            this.numbers = numbers;
            this.bit = bit;
        }
    }

    Kind kind();

    /** Whether its windows are the calendar's, which a script has to be told. */
    default boolean goesByCalendar() {
        return false;
    }

    /** What {@code check.lua} is told of a charge. */
    default byte[] checkArgument(long units, boolean shadow, long now) {
        var packed = new MessagePackWriter().add(kind().word).add(shadow ? 1 : 0);
        describe(packed, units, now);
        return packed.bytes();
    }

    /**
     * What that fragment is told, in the order of its parameters.
     *
     * @param units of the charge or refund
     * @param now about when, for windows that a script cannot find by itself
     */
    void describe(MessagePackWriter to, long units, long now);
}
