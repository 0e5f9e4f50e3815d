// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.redis.ScriptReply;
import org.jspecify.annotations.Nullable;

/**
 * The sliding-window counter. It stores the units of the current and the previous bucket, each one window long. The
 * previous bucket is weighted by the part of it that the window still covers. See Cloudflare, "How we built rate
 * limiting capable of scaling to millions of domains", 2017.
 *
 * <p>A debt is use beyond the limit. It carries over into later buckets, each of which absorbs one limit's worth.
 *
 * <p>If the clock goes back into the previous bucket, the later one stays in force, because the clocks of several callers
 * may differ. If it goes back further, the use moves into the bucket of the clock.
 *
 * <p>All numbers are whole. A bucket has at most 2<sup>22</sup> ticks, so a product of units and ticks is below
 * 2<sup>53</sup>. The weight is constant within a tick.
 */
record SlidingWindowAlgorithm(long limit, Buckets buckets) implements RateAlgorithm {

    private static final long MAX_TICKS = 1 << 22;

    /**
     * The division of time into buckets and ticks.
     *
     * @param micros length of a bucket
     * @param tick length of a tick; the last one of a bucket may be shorter
     * @param ticks number of ticks in a bucket
     */
    record Buckets(long micros, long tick, long ticks) {

        long numberAt(long now) {
            return Math.floorDiv(now, micros);
        }

        long startOf(long number) {
            return number * micros;
        }
    }

    /**
     * The use of a sliding window.
     *
     * @param current units in the current bucket
     * @param previous units in the previous bucket
     * @param bucket the current bucket's number
     */
    record State(SlidingWindowAlgorithm algorithm, long current, long previous, long bucket) implements LimitState {

        private Buckets buckets() {
            return algorithm.buckets;
        }

        private long limit() {
            return algorithm.limit;
        }

        @Override
        public boolean isAhead(long now) {
            return bucket > buckets().numberAt(now) + 1;
        }

        private State found(long now) {
            long next = buckets().numberAt(now);
            return isAhead(now) ? new State(algorithm, current, previous, next) : rolled(next);
        }

        /** Returns the state once bucket {@code next} has begun; unchanged if it is not later than the current one. */
        private State rolled(long next) {
            long passed = next - bucket;
            if (passed <= 0) {
                return this;
            }
            long before = Math.max(0, current - Windows.worth(passed - 1, limit()));
            return new State(algorithm, Math.max(0, before - limit()), Math.min(before, limit()), next);
        }

        /** Returns the number of ticks of the previous bucket that the window still covers. */
        private long covered(long now) {
            return buckets().ticks - Math.max(0, now - buckets().startOf(bucket)) / buckets().tick;
        }

        private long weight(long now) {
            return Math.ceilDiv(previous * covered(now), buckets().ticks);
        }

        @Override
        public State charged(long cost) {
            return new State(algorithm, current + cost, previous, bucket);
        }

        @Override
        public boolean fits(long now) {
            return current <= limit() && previous * covered(now) <= (limit() - current) * buckets().ticks;
        }

        @Override
        public State forced(long units, long now) {
            long most = Math.min(current + units, algorithm.mostUsed());
            return new State(algorithm, Math.max(current, most), previous, bucket);
        }

        @Override
        public State refunded(long units, long now) {
            long here = Math.min(current, units);
            return new State(algorithm, current - here, Math.max(0, previous - (units - here)), bucket);
        }

        @Override
        public State returned(long units, LimitState charged, long now) {
            boolean isCurrent = !isAhead(now) && buckets().numberAt(now) <= bucket;
            return isCurrent && charged instanceof State state && state.bucket == bucket ? refunded(units, now) : this;
        }

        @Override
        public long remaining(long now) {
            return Math.max(0, limit() - current - weight(now));
        }

        @Override
        public @Nullable Long retryAfter(long cost, long now) {
            if (cost > limit()) {
                return null;
            }
            var state = this;
            while (true) {
                // The tick at which the previous bucket's weight leaves enough room; the last means not in this bucket.
                long room = limit() - state.current - cost;
                long ticks = buckets().ticks;
                if (room >= 0) {
                    ticks = state.previous == 0 ? 0 : ticks - Math.min(ticks, room * ticks / state.previous);
                }
                if (ticks < buckets().ticks) {
                    return Math.max(now, buckets().startOf(state.bucket) + ticks * buckets().tick) - now;
                }
                // Skips the buckets that the debt alone fills.
                state = state.rolled(state.bucket + Math.max(1, (state.current - 1) / limit()));
            }
        }

        @Override
        public long life(long now) {
            if (current == 0 && previous == 0) {
                return 0;
            }
            return buckets().startOf(bucket + 1 + Math.ceilDiv(current, limit())) - now;
        }

        @Override
        public UsedUnits used(long now) {
            var found = found(now);
            return UsedUnits.of(found.current + found.weight(now), limit());
        }

        @Override
        public void writeTo(MessagePackWriter packed) {
            packed.add(current).add(previous).add(bucket);
        }
    }

    static SlidingWindowAlgorithm of(long limit, long windowSeconds) {
        long micros = windowSeconds * 1_000_000;
        long tick = Math.ceilDiv(micros, MAX_TICKS);
        return new SlidingWindowAlgorithm(limit, new Buckets(micros, tick, Math.ceilDiv(micros, tick)));
    }

    @Override
    public State unused(long now) {
        return new State(this, 0, 0, buckets.numberAt(now));
    }

    @Override
    public State found(LimitState stored, long now) {
        if (!(stored instanceof State state) || !state.buckets().equals(buckets)) {
            return new State(this, stored.used(now).in(limit, mostUsed()), 0, buckets.numberAt(now));
        }
        var found = state.found(now);
        long was = state.limit();
        return was == limit
                ? found
                : new State(
                        this,
                        UsedUnits.of(found.current, was).in(limit, mostUsed()),
                        Math.min(found.previous, limit),
                        found.bucket);
    }

    @Override
    public State read(ScriptReply reply, int at) {
        return new State(this, reply.number(at), reply.number(at + 1), reply.number(at + 2));
    }

    private long mostUsed() {
        return Windows.mostUsed(buckets.micros, limit);
    }

    @Override
    public Kind kind() {
        return Kind.SLIDING_WINDOW;
    }

    @Override
    public void writeTo(MessagePackWriter packed, ChargeTerms terms, long now) {
        var shape = new MessagePackWriter()
                .add(kind().word())
                .add(limit)
                .add(buckets.micros)
                .add(buckets.tick)
                .add(buckets.ticks);
        packed.add(shape.bytes()).add(limit).add(mostUsed()).add(terms.units());
        packed.add(buckets.micros).add(buckets.tick).add(buckets.ticks);
    }
}
