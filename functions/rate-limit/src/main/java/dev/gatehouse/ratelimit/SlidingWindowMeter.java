package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The sliding-window counter. It stores the units of the current and the previous bucket, each one window long. The
 * previous bucket is weighted by the part of it that the window still covers. See Cloudflare, "How we built rate
 * limiting capable of scaling to millions of domains", 2017.
 *
 * <p>A debt is use beyond the limit. It carries over into later buckets, each of which absorbs one limit's worth. If
 * the clock goes back, the later bucket stays in force.
 *
 * <p>All numbers are whole. A bucket has at most 2<sup>22</sup> ticks, so a product of units and ticks is below
 * 2<sup>53</sup>. The weight is constant within a tick.
 */
record SlidingWindowMeter(long limit, Buckets buckets) implements Meter {

    private static final long MAX_TICKS = 1 << 22;

    private static final long TEN_YEARS = Limit.MAX_WINDOW_SECONDS * 1_000_000;

    /**
     * The division of time into buckets and ticks.
     *
     * @param micros length of a bucket
     * @param tick length of a tick; the last one of a bucket may be shorter
     * @param ticks number of ticks in a bucket
     */
    record Buckets(long micros, long tick, long ticks) {

        static Buckets of(long micros) {
            long tick = Math.ceilDiv(micros, MAX_TICKS);
            return new Buckets(micros, tick, Math.ceilDiv(micros, tick));
        }

        long numberAt(long now) {
            return Math.floorDiv(now, micros);
        }

        long startOf(long number) {
            return number * micros;
        }

        /** Returns the number of ticks of the previous bucket that the window still covers. */
        long covered(long bucket, long now) {
            return ticks - Math.max(0, now - startOf(bucket)) / tick;
        }
    }

    record Shape(long limit, Buckets buckets) implements Meter.Shape {

        @Override
        public Share share(Use use, long now) {
            var rolled = rolled(use, buckets.numberAt(now), limit);
            long weight = Math.ceilDiv(rolled.b() * buckets.covered(rolled.c(), now), buckets.ticks);
            long used = rolled.a() + weight;
            return new Share(used, limit, used <= limit, true);
        }
    }

    SlidingWindowMeter(long limit, Algorithm.SlidingWindow window) {
        this(limit, Buckets.of(window.windowSeconds() * 1_000_000));
    }

    /** Returns the use once {@code bucket} has begun; unchanged if it is not later than the current bucket. */
    private static Use rolled(Use use, long bucket, long limit) {
        long passed = bucket - use.c();
        if (passed <= 0) {
            return use;
        }
        long before = Math.max(0, use.a() - worth(passed - 1, limit));
        return new Use(Math.max(0, before - limit), Math.min(before, limit), bucket);
    }

    /** Returns the units of {@code buckets} buckets, at most {@link FixedWindowMeter#MAX_COUNT}. */
    private static long worth(long buckets, long limit) {
        return buckets > FixedWindowMeter.MAX_COUNT / limit ? FixedWindowMeter.MAX_COUNT : buckets * limit;
    }

    /** Returns the largest debt: ten years pass until it is earned back. */
    private long mostUsed() {
        return worth(Math.max(1, TEN_YEARS / buckets.micros), limit);
    }

    @Override
    public Shape shape() {
        return new Shape(limit, buckets);
    }

    @Override
    public Use unused(long now) {
        return new Use(0, 0, buckets.numberAt(now));
    }

    @Override
    public Use found(Kept kept, long now) {
        long bucket = buckets.numberAt(now);
        if (!(kept.shape() instanceof Shape was) || !was.buckets.equals(buckets)) {
            return new Use(Scaled.units(kept.shape().share(kept.use(), now), limit, mostUsed()), 0, bucket);
        }
        var rolled = rolled(kept.use(), bucket, was.limit);
        return was.limit == limit
                ? rolled
                : new Use(
                        Scaled.units(rolled.a(), was.limit, limit, mostUsed()),
                        Math.min(rolled.b(), limit),
                        rolled.c());
    }

    @Override
    public Use charged(Use use, long cost) {
        return new Use(use.a() + cost, use.b(), use.c());
    }

    @Override
    public boolean admits(Use charged, long now) {
        return charged.a() <= limit
                && charged.b() * buckets.covered(charged.c(), now) <= (limit - charged.a()) * buckets.ticks;
    }

    @Override
    public Use forced(Use use, long units, long now) {
        return new Use(Math.max(use.a(), Math.min(use.a() + units, mostUsed())), use.b(), use.c());
    }

    @Override
    public Use refunded(Use use, long units, long now) {
        long here = Math.min(use.a(), units);
        return new Use(use.a() - here, Math.max(0, use.b() - (units - here)), use.c());
    }

    @Override
    public long life(Use use, long now) {
        if (use.a() == 0) {
            return use.b() == 0 ? 0 : buckets.startOf(use.c() + 1) - now;
        }
        return buckets.startOf(use.c() + 1 + Math.ceilDiv(use.a(), limit)) - now;
    }

    @Override
    public LimitDecision decision(boolean allowed, long cost, Use left, long now) {
        long weight = Math.ceilDiv(left.b() * buckets.covered(left.c(), now), buckets.ticks);
        long remaining = Math.max(0, limit - left.a() - weight);
        var resetAfter = micros(life(left, now));
        return allowed
                ? new Allowed(remaining, resetAfter)
                : new Denied(remaining, resetAfter, retryAfter(cost, left, now));
    }

    private @Nullable Duration retryAfter(long cost, Use left, long now) {
        if (cost > limit) {
            return null;
        }
        var use = left;
        while (true) {
            // The tick at which the previous bucket's weight leaves enough room; the last means not in this bucket.
            long room = limit - use.a() - cost;
            long ticks = room < 0
                    ? buckets.ticks
                    : use.b() == 0 ? 0 : buckets.ticks - Math.min(buckets.ticks, room * buckets.ticks / use.b());
            if (ticks < buckets.ticks) {
                return micros(Math.max(now, buckets.startOf(use.c()) + ticks * buckets.tick) - now);
            }
            // Skips the buckets that the debt alone fills.
            use = rolled(use, use.c() + Math.max(1, (use.a() - 1) / limit), limit);
        }
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1000);
    }

    @Override
    public Kind kind() {
        return Kind.SLIDING_WINDOW;
    }

    @Override
    public void describe(MessagePackWriter to, long units, long now) {
        var shape = new MessagePackWriter()
                .add(kind().word)
                .add(limit)
                .add(buckets.micros)
                .add(buckets.tick)
                .add(buckets.ticks);
        to.add(shape.bytes())
                .add(limit)
                .add(mostUsed())
                .add(units)
                .add(buckets.micros)
                .add(buckets.tick)
                .add(buckets.ticks);
    }
}
