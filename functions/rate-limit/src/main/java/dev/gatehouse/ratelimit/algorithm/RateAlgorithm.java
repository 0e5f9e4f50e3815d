// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.redis.ScriptReply;
import org.jspecify.annotations.Nullable;

/** The algorithm of one limit with its parameters. Immutable; times are in microseconds since 1970. */
public sealed interface RateAlgorithm permits GcraAlgorithm, FixedWindowAlgorithm, SlidingWindowAlgorithm {

    /**
     * Returns the algorithm of a counted limit.
     *
     * @param limit units in a window, at least 1
     */
    static RateAlgorithm of(long limit, Algorithm algorithm) {
        return switch (algorithm) {
            case Algorithm.Gcra(var windowSeconds, var burst) -> new GcraAlgorithm(limit, windowSeconds, burst);
            case Algorithm.SlidingWindow(var windowSeconds) -> SlidingWindowAlgorithm.of(limit, windowSeconds);
            case Algorithm.FixedWindow fixed -> new FixedWindowAlgorithm(limit, Windows.of(fixed));
            case Algorithm.CalendarWindow calendar -> new FixedWindowAlgorithm(limit, Windows.of(calendar));
            case Algorithm.Unlimited _ -> throw new IllegalArgumentException("not counted");
        };
    }

    /** Returns the state of an unused limit. */
    LimitState unused(long now);

    /**
     * Returns the state at {@code now}: the units freed since are subtracted, that of another algorithm is carried
     * over, and that of a later time moves back.
     */
    LimitState found(LimitState stored, long now);

    /** Reads the three numbers of a state from a script's reply. */
    LimitState read(ScriptReply reply, int at);

    /** A kind of algorithm: its name in scripts and the Lua fragment that it needs. */
    enum Kind {
        GCRA("gcra", "gcra", 1),
        FIXED_WINDOW("fixed", "fixed-window", 2),
        SLIDING_WINDOW("sliding", "sliding-window", 4);

        private final String word;
        private final String fragment;
        private final int bit;

        Kind(String word, String fragment, int bit) {
            this.word = word;
            this.fragment = fragment;
            this.bit = bit;
        }

        public String word() {
            return word;
        }

        public String fragment() {
            return fragment;
        }

        /** Returns the bit that represents it in a set of kinds. */
        public int bit() {
            return bit;
        }
    }

    Kind kind();

    /** Returns whether its windows follow the calendar, so that scripts need their bounds. */
    default boolean goesByCalendar() {
        return false;
    }

    /** Returns the argument of {@code check.lua} for a charge. */
    default byte[] checkArgument(ChargeTerms terms, long now) {
        var packed = new MessagePackWriter()
                .add(kind().word())
                .add(terms.shadow() ? 1 : 0)
                .add(terms.block());
        writeTo(packed, terms, now);
        return packed.bytes();
    }

    /**
     * Returns the argument of {@code adjust.lua} for an operation.
     *
     * @param charged the state after the charge to undo; null in any other operation
     */
    default byte[] adjustArgument(String operation, long units, @Nullable LimitState charged, long now) {
        var packed = new MessagePackWriter().add(kind().word()).add(operation);
        if (charged == null) {
            packed.add(0).add(0).add(0);
        } else {
            charged.writeTo(packed);
        }
        writeTo(packed, ChargeTerms.correcting(units), now);
        return packed.bytes();
    }

    /**
     * Writes the parameters of this kind's fragment, in their order.
     *
     * @param terms the units to charge or refund, and the time that a charge may wait
     * @param now the approximate time of the call, for windows that a script cannot compute
     */
    void writeTo(MessagePackWriter packed, ChargeTerms terms, long now);
}
