// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
import net.jqwik.api.lifecycle.AfterContainer;

/** Compares any sequence of operations with a plain list of connections. */
class AnyPresenceTraceTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final ChannelName ROOM = new ChannelName("room");

    private sealed interface Step {}

    private record Enter(String user, String connection, long seconds, Optional<String> info) implements Step {}

    private record Leave(String user, String connection) implements Step {}

    private record Show(int limit, Optional<String> after) implements Step {}

    private record Type(String user, String connection, boolean typing, long seconds) implements Step {}

    /** A crash is a connection that only ends by this. */
    private record Pass(long seconds) implements Step {}

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    /** A model by the letter of the contract. */
    private static final class Plain {

        private record Connection(String user, String id, long end) {}

        private final List<Connection> connections = new ArrayList<>();
        private final Map<String, Long> since = new HashMap<>();
        private final Map<String, String> info = new HashMap<>();
        private final TreeMap<String, Long> typing = new TreeMap<>();
        private final Set<String> present = new HashSet<>();

        private long live(String user, long now) {
            return connections.stream()
                    .filter(each -> each.user.equals(user) && each.end > now)
                    .count();
        }

        private boolean isLive(String user, String id, long now) {
            return connections.stream()
                    .anyMatch(each -> each.user.equals(user) && each.id.equals(id) && each.end > now);
        }

        private long end(String user) {
            return connections.stream()
                    .filter(each -> each.user.equals(user))
                    .mapToLong(Connection::end)
                    .max()
                    .orElse(0);
        }

        private List<String> departed(long now) {
            var departed = present.stream()
                    .filter(user -> live(user, now) == 0)
                    .sorted(Comparator.comparingLong(this::end).thenComparing(Comparator.naturalOrder()))
                    .toList();
            departed.forEach(this::gone);
            return departed;
        }

        private void gone(String user) {
            present.remove(user);
            since.remove(user);
            info.remove(user);
            typing.remove(user);
            connections.removeIf(each -> each.user.equals(user));
        }

        Entered enter(Enter call, long now) {
            var departed = departed(now);
            boolean joined = present.add(call.user);
            since.putIfAbsent(call.user, now);
            call.info.ifPresent(text -> info.put(call.user, text));
            connections.removeIf(each -> each.user.equals(call.user) && each.id.equals(call.connection));
            long end = now + call.seconds * SECOND;
            connections.add(new Connection(call.user, call.connection, end));
            return new Entered(joined, Math.toIntExact(live(call.user, now)), MicroClock.instant(end), departed);
        }

        Departures leave(Leave call, long now) {
            var departed = departed(now);
            if (!isLive(call.user, call.connection, now)) {
                return new Departures(List.of(), departed);
            }
            connections.removeIf(each -> each.user.equals(call.user) && each.id.equals(call.connection));
            if (live(call.user, now) > 0) {
                return new Departures(List.of(), departed);
            }
            gone(call.user);
            return new Departures(List.of(call.user), departed);
        }

        MemberPage list(Show call, long now) {
            var departed = departed(now);
            var all = present.stream().sorted().toList();
            var rest = all.stream()
                    .filter(user -> call.after.isEmpty() || user.compareTo(call.after.get()) > 0)
                    .toList();
            var page = rest.stream()
                    .limit(call.limit)
                    .map(user -> new Member(
                            user,
                            Math.toIntExact(live(user, now)),
                            MicroClock.instant(since.get(user)),
                            Optional.ofNullable(info.get(user))))
                    .toList();
            return new MemberPage(
                    page,
                    all.size(),
                    departed,
                    rest.size() > call.limit ? Optional.of(page.getLast().userId()) : Optional.empty());
        }

        TypingUsers type(Type call, long now) {
            boolean was = typing.getOrDefault(call.user, 0L) > now;
            boolean allowed = isLive(call.user, call.connection, now);
            if (allowed && call.typing) {
                typing.put(call.user, Math.min(now + call.seconds * SECOND, end(call.user)));
            } else if (allowed) {
                typing.remove(call.user);
            }
            return new TypingUsers(
                    allowed && was != call.typing,
                    typing.entrySet().stream()
                            .filter(each -> each.getValue() > now)
                            .sorted(Map.Entry.<String, Long>comparingByValue()
                                    .thenComparing(Map.Entry.comparingByKey()))
                            .map(Map.Entry::getKey)
                            .toList());
        }
    }

    @Property(tries = 60)
    @DeepTries(2_000)
    void redisAndMemoryDecideLikeAList(@ForAll("steps") List<Step> steps) {
        for (var presence : List.of(new RedisPresence(REDIS.link()), new LocalPresence(1000, NOW::get))) {
            NOW.set(START);
            var tenant = UUID.randomUUID().toString();
            var plain = new Plain();
            for (var step : steps) {
                switch (step) {
                    case Enter call ->
                        assertThat(decided(presence.enter(
                                        tenant,
                                        ROOM,
                                        EnterRequest.of(
                                                connection(call.user, call.connection), call.seconds, call.info),
                                        budget())))
                                .isEqualTo(plain.enter(call, NOW.get()));
                    case Leave call ->
                        assertThat(decided(presence.leave(
                                        tenant, ROOM, List.of(connection(call.user, call.connection)), budget())))
                                .isEqualTo(plain.leave(call, NOW.get()));
                    case Show call ->
                        assertThat(decided(presence.list(tenant, ROOM, call.limit, call.after, budget())))
                                .isEqualTo(plain.list(call, NOW.get()));
                    case Type call ->
                        assertThat(decided(presence.type(
                                        tenant,
                                        ROOM,
                                        connection(call.user, call.connection),
                                        call.typing,
                                        call.seconds * 1000,
                                        budget())))
                                .isEqualTo(plain.type(call, NOW.get()));
                    case Pass(var seconds) -> NOW.addAndGet(seconds * SECOND);
                }
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var seconds = Arbitraries.longs().between(1, 6);
        var info = Arbitraries.of("1", "{}", "\"é\"").optional();
        Arbitrary<Step> enter =
                Combinators.combine(users(), connections(), seconds, info).as(Enter::new);
        Arbitrary<Step> leave = Combinators.combine(users(), connections()).as(Leave::new);
        Arbitrary<Step> show = Combinators.combine(Arbitraries.integers().between(1, 3), users().optional())
                .as(Show::new);
        Arbitrary<Step> type = Combinators.combine(users(), connections(), Arbitraries.of(true, true, false), seconds)
                .as(Type::new);
        Arbitrary<Step> pass = Arbitraries.longs().between(1, 4).map(Pass::new);
        return Arbitraries.oneOf(enter, enter, leave, show, type, pass).list().ofMaxSize(60);
    }

    private static Arbitrary<String> users() {
        return Arbitraries.of("ada", "alan", "grace", "zuse");
    }

    private static Arbitrary<String> connections() {
        return Arbitraries.of("1", "2", "3");
    }

    private static MemberConnection connection(String user, String connection) {
        return new MemberConnection(user, connection);
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
