// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** Compares any sequence of operations with a plain list of events, also while Redis loses data. */
class AnyChannelTraceTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final ChannelName ROOM = new ChannelName("room");
    private static final List<String> KINDS = List.of("log", "logi");

    private sealed interface Step {}

    private record Publish(Optional<String> id, Optional<String> from, Optional<Keep> keep) implements Step {}

    /** A reader continues from its position. */
    private record Follow(String reader, int limit) implements Step {}

    /** A reader comes back with a position of any earlier time. */
    private record Return(int position, int limit) implements Step {}

    private record Pass(long seconds) implements Step {}

    private enum Loss implements Step {
        OF_THE_LOG,
        OF_THE_IDS,
        /** Copies both keys. */
        NONE_YET,
        /** Restores the copies, as a failover to a replica that lacks the last events. */
        OF_THE_LAST_EVENTS
    }

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    /**
     * A log by the letter of the contract.
     *
     * @param events one event more than those that are kept, or the beginning, then these
     * @param hasIds whether the ids of all events are there
     * @param keep the last one that a publication determined
     */
    private record Log(List<ChannelEvent> events, long end, boolean hasIds, Keep keep) {

        static Log beginning(Position at) {
            var time = MicroClock.instant(NOW.get());
            return new Log(List.of(new ChannelEvent(at, "", "", "", time, Optional.empty())), 0, true, Keep.DEFAULT);
        }

        Position top() {
            return events.getLast().at();
        }

        Log with(ChannelEvent event, Optional<Keep> determined, long now) {
            var all = new ArrayList<>(events);
            all.add(event);
            var next = determined.orElse(keep);
            var kept = all.subList(Math.max(0, all.size() - next.events() - 1), all.size());
            return new Log(List.copyOf(kept), now + next.seconds() * SECOND, hasIds, next);
        }

        CatchUp after(Position since, int limit) {
            var positions = events.stream().map(ChannelEvent::at).toList();
            int next = positions.indexOf(since) + 1;
            var rest = events.subList(next, events.size());
            if (next == 0 || rest.isEmpty()) {
                return new CatchUp(next > 0, List.of(), top(), false);
            }
            var page = rest.subList(0, Math.min(limit, rest.size()));
            return new CatchUp(true, page, page.getLast().at(), page.size() < rest.size());
        }
    }

    /** A store beside its model. */
    private static final class Trace {

        final String tenant = UUID.randomUUID().toString();
        final ChannelLog store;
        final boolean isRedis;
        final List<Position> positions = new ArrayList<>();
        final Map<String, Position> readers = new HashMap<>();

        @Nullable
        Log log;

        @Nullable
        Log copy;

        int published;

        Trace(ChannelLog store, boolean isRedis) {
            this.store = store;
            this.isRedis = isRedis;
        }

        void run(Step step) {
            switch (step) {
                case Publish publish -> publish(publish);
                case Follow(var reader, var limit) ->
                    readers.put(
                            reader,
                            catchUp(Optional.ofNullable(readers.get(reader)), limit)
                                    .at());
                case Return(var position, var limit) -> {
                    if (!positions.isEmpty()) {
                        catchUp(Optional.of(positions.get(position % positions.size())), limit);
                    }
                }
                case Pass(var seconds) -> pass(seconds);
                case Loss loss -> {
                    if (isRedis) {
                        lose(loss);
                    }
                }
            }
        }

        private void publish(Publish step) {
            var id = step.id.orElse("event-" + published++);
            var publication = new Publication("e", "" + published, id, step.keep, step.from, Optional.empty());
            var outcome = (Published) decided(store.publish(tenant, ROOM, publication, budget()));
            var kept = log == null
                    ? List.<Position>of()
                    : log.events.stream()
                            .filter(event -> event.id().equals(id))
                            .map(ChannelEvent::at)
                            .toList();
            if (outcome.repeated()) {
                assertThat(outcome.at()).isIn(kept);
                return;
            }
            if (log == null) {
                // No caller got the position of the beginning.
                log = Log.beginning(new Position(1, "unknown"));
            } else if (log.hasIds) {
                assertThat(kept).isEmpty();
            }
            assertThat(outcome.at().offset()).isEqualTo(log.top().offset() + 1);
            remember(outcome.at());
            var time = MicroClock.instant(NOW.get());
            log = log.with(
                    new ChannelEvent(outcome.at(), id, "e", publication.data(), time, step.from), step.keep, NOW.get());
        }

        private CatchUp catchUp(Optional<Position> since, int limit) {
            var outcome = decided(store.catchUp(tenant, ROOM, since, limit, budget()));
            if (log == null) {
                assertThat(outcome.at().offset()).isEqualTo(1);
                remember(outcome.at());
                log = Log.beginning(outcome.at());
            }
            long keep = Keep.DEFAULT.seconds() * SECOND;
            if (log.end - NOW.get() < keep / 2) {
                log = new Log(log.events, NOW.get() + keep, log.hasIds, log.keep);
            }
            var present = log;
            assertThat(outcome)
                    .isEqualTo(since.map(position -> present.after(position, limit))
                            .orElseGet(() -> new CatchUp(true, List.of(), present.top(), false)));
            return outcome;
        }

        private void remember(Position position) {
            assertThat(positions).doesNotContain(position);
            positions.add(position);
        }

        private void pass(long seconds) {
            NOW.addAndGet(seconds * SECOND);
            log = lasting(log);
            copy = lasting(copy);
            if (isRedis) {
                KINDS.forEach(kind -> List.of(key(kind), key(kind) + ":copy").forEach(key -> age(key, seconds)));
            }
        }

        private static @Nullable Log lasting(@Nullable Log log) {
            return log == null || log.end <= NOW.get() ? null : log;
        }

        /** Lets the clock of Redis pass, too. */
        private static void age(String key, long seconds) {
            long left = (Long) REDIS.cli("PTTL", key) - seconds * 1000;
            REDIS.cli("PEXPIRE", key, "" + Math.max(0, left));
        }

        private void lose(Loss loss) {
            switch (loss) {
                case OF_THE_LOG -> {
                    REDIS.delete(key("log"));
                    log = null;
                }
                case OF_THE_IDS -> {
                    REDIS.delete(key("logi"));
                    log = log == null ? null : new Log(log.events, log.end, false, Keep.DEFAULT);
                }
                case NONE_YET -> {
                    KINDS.forEach(kind -> copy(key(kind), key(kind) + ":copy"));
                    copy = log;
                }
                case OF_THE_LAST_EVENTS -> {
                    KINDS.forEach(kind -> copy(key(kind) + ":copy", key(kind)));
                    log = copy;
                }
            }
        }

        private static void copy(String from, String to) {
            REDIS.delete(to);
            REDIS.cli("COPY", from, to);
        }

        private String key(String kind) {
            return ROOM.redisKey(tenant, kind);
        }
    }

    @Property(tries = 60)
    @DeepTries(2_000)
    void redisAndMemoryReturnTheEventsOfAList(@ForAll("steps") List<Step> steps) {
        for (boolean isRedis : List.of(true, false)) {
            NOW.set(START);
            var store = isRedis
                    ? new RedisChannelLog(REDIS.link())
                    : new LocalChannelLog((_, _) -> List.of(), 4L << 20, NOW::get);
            var trace = new Trace(store, isRedis);
            steps.forEach(trace::run);
        }
    }

    /** The times leave 10 s between a bound and what is left, for the time that the test itself takes. */
    @Provide
    Arbitrary<List<Step>> steps() {
        var keeps = Combinators.combine(Arbitraries.integers().between(1, 4), Arbitraries.of(30L, 50L, 400L, 500L))
                .as(Keep::new);
        var limits = Arbitraries.integers().between(1, 3);
        Arbitrary<Step> publish = Combinators.combine(
                        Arbitraries.of("a", "b", "c").optional(0.6),
                        Arbitraries.of("ada").optional(0.5),
                        keeps.optional(0.7))
                .as(Publish::new);
        Arbitrary<Step> follow =
                Combinators.combine(Arbitraries.of("ada", "grace"), limits).as(Follow::new);
        Arbitrary<Step> back = Combinators.combine(Arbitraries.integers().between(0, 999), limits)
                .as(Return::new);
        Arbitrary<Step> pass = Arbitraries.of(20L, 40L, 120L).map(Pass::new);
        Arbitrary<Step> loss = Arbitraries.of(Loss.class).map(each -> each);
        return Arbitraries.frequencyOf(
                        Tuple.of(6, publish),
                        Tuple.of(5, follow),
                        Tuple.of(3, back),
                        Tuple.of(2, pass),
                        Tuple.of(2, loss))
                .list()
                .ofMaxSize(60);
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision =
                stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline budget() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
