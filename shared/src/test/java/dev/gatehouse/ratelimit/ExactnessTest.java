package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Answer.Decided;
import dev.gatehouse.fixtures.RedisProcess;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is checked, however the clock steps and limits change: it is decided as {@link ExactLimiter} decides it. */
class ExactnessTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final long START = 1_790_000_000_000_000L;
    private static final long END = 1L << 52;

    private static RedisProcess redis;
    private static RedisLink link;

    @BeforeContainer
    static void start() {
        redis = RedisProcess.start();
        link = LinkOnClock.toServer(redis.port(), NOW::get);
    }

    @AfterContainer
    static void stop() {
        link.close();
        redis.close();
    }

    /** How the clock moves before a check. */
    enum Clock {
        STANDS,
        TICKS,
        PASSES_PART_OF_A_WINDOW,
        REACHES_RETRY,
        ALMOST_REACHES_RETRY,
        GOES_BACK
    }

    /** @param limit which of the trace's limits: one name has one limit at a time, but it changes */
    record Charge(int name, int subject, int limit, CostKind cost, double part) {}

    enum CostKind {
        NONE,
        ONE,
        PART_OF_BURST,
        BURST,
        TOO_MUCH
    }

    record Step(Clock clock, double part, Mode mode, List<Charge> charges) {}

    @Property(tries = 2000)
    void inMemory(@ForAll("anyLimits") List<Limit> limits, @ForAll("steps") List<Step> steps) {
        play(new LocalRateLimiter(1, 100, NOW::get), limits, steps, Duration.ZERO);
    }

    /** Redis forgets by a clock of its own, which goes on: so only with limits that outlast the test. */
    @Property(tries = 500)
    void onRedis(@ForAll("slowLimits") List<Limit> limits, @ForAll("steps") List<Step> steps) {
        play(new RedisRateLimiter(link), limits, steps, Duration.ofSeconds(20));
    }

    private static void play(RateLimiter limiter, List<Limit> limits, List<Step> steps, Duration leastWrite) {
        var exact = new ExactLimiter();
        var tenant = UUID.randomUUID().toString();
        NOW.set(START);
        CheckDecision last = null;
        for (var step : steps) {
            NOW.set(Math.clamp(moved(step, limits, exact, last), 1, END));
            var check = new Check(charges(step, limits), step.mode);

            var expected = exact.check(NOW.get(), check);
            var answer = limiter.check(tenant, check, Deadline.in(Duration.ofSeconds(20)))
                    .toCompletableFuture()
                    .join();

            assertThat(answer).isInstanceOf(Decided.class);
            assertThat(((Decided<CheckDecision>) answer).decision()).isEqualTo(expected);
            last = expected;
            if (exact.shortestWrite().compareTo(leastWrite) < 0) {
                return;
            }
        }
    }

    private static long moved(Step step, List<Limit> limits, ExactLimiter exact, CheckDecision last) {
        long now = NOW.get();
        long part = (long) (step.part * limits.getFirst().algorithm().windowSeconds() * 1_000_000);
        return switch (step.clock) {
            case STANDS -> now;
            case TICKS -> now + 1;
            case PASSES_PART_OF_A_WINDOW -> now + part;
            case REACHES_RETRY -> now + retryAfter(last);
            case ALMOST_REACHES_RETRY -> now + Math.max(0, retryAfter(last) - 1);
            case GOES_BACK -> Math.max(now - part, exact.latestPassed(now));
        };
    }

    private static long retryAfter(CheckDecision last) {
        if (last == null) {
            return 0;
        }
        return last.limits().stream()
                .mapToLong(decision -> decision instanceof Denied denied && denied.retryAfter() != null
                        ? denied.retryAfter().toNanos() / 1000
                        : 0)
                .max()
                .orElse(0);
    }

    private static List<LimitedSubject> charges(Step step, List<Limit> limits) {
        var charges = new ArrayList<LimitedSubject>();
        for (var charge : step.charges) {
            var shape = limits.get(charge.limit % limits.size());
            var limit = new Limit(
                    "limit-" + charge.name, shape.limit(), shape.algorithm().windowSeconds(), shape.capacity());
            charges.add(new LimitedSubject(limit, "subject-" + charge.subject, cost(charge, limit)));
        }
        return charges.stream()
                .collect(Collectors.toMap(LimitedSubject::identity, c -> c, (first, _) -> first))
                .values()
                .stream()
                .toList();
    }

    private static long cost(Charge charge, Limit limit) {
        return switch (charge.cost) {
            case NONE -> 0;
            case ONE -> 1;
            case PART_OF_BURST -> (long) (charge.part * limit.capacity());
            case BURST -> limit.capacity();
            case TOO_MUCH -> Math.min(limit.capacity() + 1, Limit.MAX_UNITS);
        };
    }

    @Provide
    Arbitrary<List<Limit>> anyLimits() {
        var units = Arbitraries.oneOf(
                Arbitraries.of(1L, 2L, 3L, 7L, 10L, 999_999_937L, Limit.MAX_UNITS),
                Arbitraries.longs().between(1, Limit.MAX_UNITS));
        var windows = Arbitraries.oneOf(
                Arbitraries.of(1L, 10L, 60L, 86_413L, Limit.MAX_WINDOW_SECONDS),
                Arbitraries.longs().between(1, Limit.MAX_WINDOW_SECONDS));
        return limits(units, windows, units);
    }

    @Provide
    Arbitrary<List<Limit>> slowLimits() {
        var units = Arbitraries.longs().between(1, 20);
        var windows = Arbitraries.oneOf(
                Arbitraries.of(600L, 1000L, 86_413L, Limit.MAX_WINDOW_SECONDS),
                Arbitraries.longs().between(600, 100_000));
        return limits(units, windows, units);
    }

    private static Arbitrary<List<Limit>> limits(
            Arbitrary<Long> units, Arbitrary<Long> windows, Arbitrary<Long> bursts) {
        return Combinators.combine(units, windows, bursts)
                .as((limit, window, burst) -> new Limit(
                        "any", limit, window, Math.clamp(Limit.MAX_WINDOW_SECONDS * limit / window, 1, burst)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var part = Arbitraries.doubles().between(0, 1.5);
        var charge = Combinators.combine(
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(1, 1), Tuple.of(1, 2)),
                        Arbitraries.of(CostKind.class),
                        Arbitraries.doubles().between(0, 1))
                .as(Charge::new);
        return Combinators.combine(
                        Arbitraries.of(Clock.class),
                        part,
                        Arbitraries.of(Mode.class),
                        charge.list().ofMinSize(1).ofMaxSize(4))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(30);
    }
}
