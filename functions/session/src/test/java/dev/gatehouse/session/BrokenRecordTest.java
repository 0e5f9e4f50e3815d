// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.DeepTries;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** With the bytes of one session corrupted, each operation has a decision, and other sessions are unchanged. */
class BrokenRecordTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final AtomicLong NOW = new AtomicLong(START);
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final UserId USER = new UserId("ada");

    /** Bytes in hex, for all kinds of values. */
    private static final String GET = """
            return (redis.call('HGET', KEYS[1], ARGV[1]):gsub('.', function(c) return string.format('%02x', c:byte()) end))
            """;

    private static final String COUNT = "return select('#', cmsgpack.unpack(redis.call('HGET', KEYS[1], ARGV[1])))";

    private static final String PUT = """
            return redis.call('HSET', KEYS[1], ARGV[1],
              (ARGV[2]:gsub('..', function(c) return string.char(tonumber(c, 16)) end)))
            """;

    /** Numbers that are no times: huge, negative, fractional, infinite and not a number. */
    private static final List<String> NUMBERS = List.of(
            "00",
            "cf0020000000000000",
            "cf00ffffffffffffff",
            "cf7fffffffffffffff",
            "cfffffffffffffffff",
            "d3ffffffffffffffff",
            "d38000000000000000",
            "cb7ff0000000000000",
            "cbfff0000000000000",
            "cb7ff8000000000000",
            "cb3ff8000000000000",
            "cb7e37e43c8800759c");

    /** A corruption of a record, in hex. */
    private interface Damage {
        String to(String record);
    }

    /**
     * Replaces bytes anywhere.
     *
     * @param at the position, as a part of the length
     * @param instead the number of replaced bytes
     */
    private record Scratch(double at, int instead, String hex) implements Damage {

        @Override
        public String to(String record) {
            int bytes = record.length() / 2;
            int from = (int) (at * bytes);
            return record.substring(0, 2 * from) + hex + record.substring(2 * Math.min(bytes, from + instead));
        }
    }

    /** Replaces one whole value. */
    private record PendingCommand(int which, String hex) implements Damage {

        @Override
        public String to(String record) {
            var bytes = HexFormat.of().parseHex(record);
            int from = 0;
            for (int i = 0; i < which && from < bytes.length; i++) {
                from += length(bytes, from);
            }
            int to = from < bytes.length ? Math.min(from + length(bytes, from), bytes.length) : bytes.length;
            return record.substring(0, 2 * Math.min(from, bytes.length)) + hex + record.substring(2 * to);
        }

        /** Values of the kinds in a record. */
        private static int length(byte[] bytes, int at) {
            int head = bytes[at] & 0xff;
            return switch (head) {
                case 0xcc, 0xd0 -> 2;
                case 0xcd, 0xd1 -> 3;
                case 0xce, 0xd2 -> 5;
                case 0xcb, 0xcf, 0xd3 -> 9;
                case 0xd9 -> 2 + (at + 1 < bytes.length ? bytes[at + 1] & 0xff : 0);
                default -> head >> 5 == 0x5 ? 1 + (head & 0x1f) : 1;
            };
        }
    }

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    @Property(tries = 120)
    @DeepTries(2_000)
    void eachOperationHasADecisionAndChangesNoOtherSession(@ForAll("damages") List<Damage> damages) {
        play(damages);
    }

    /** Functions of two versions may serve the same sessions. */
    @Example
    void earlierVersionsReadSessionsWithoutTheirLaterValues() {
        NOW.set(START);
        var caller =
                new Caller(new RedisSessions(REDIS.link()), UUID.randomUUID().toString());
        var token = begun(caller);
        var key = "gh:{" + caller.tenant() + ":" + USER.tag() + "}:sessions";
        Supplier<Object> values =
                () -> REDIS.cli("EVAL", COUNT, "1", key, token.id().random());
        assertThat(values.get()).isEqualTo(13L);
        NOW.addAndGet(120_000_000);
        caller.lookup(token, Touch.TOUCH);
        var rotated = ((Rotation.Rotated) caller.rotate(token, Grace.DEFAULT)).token();
        caller.patch(token.id(), Attributes.NONE, OptionalLong.empty());
        assertThat(values.get()).isEqualTo(13L);

        caller.elevate(rotated, new Rotation.Grant("strong", 1), Grace.DEFAULT);

        assertThat(values.get()).isEqualTo(21L);
    }

    @Provide
    Arbitrary<List<Damage>> damages() {
        var bytes = Arbitraries.oneOf(
                Arbitraries.of("", "00", "ff", "c0", "80", "90", "a0", "a178"),
                Arbitraries.of(NUMBERS),
                Arbitraries.integers().between(0, 255).map(value -> HexFormat.of()
                        .toHexDigits(value.byteValue())));
        Arbitrary<Damage> scratch = Combinators.combine(
                        Arbitraries.doubles().between(0, 1), Arbitraries.of(0, 1, 1, 9, 1000), bytes)
                .as(Scratch::new);
        Arbitrary<Damage> exchange = Combinators.combine(
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.frequencyOf(Tuple.of(1, bytes), Tuple.of(3, Arbitraries.of(NUMBERS))))
                .as(PendingCommand::new);
        return Arbitraries.frequencyOf(Tuple.of(1, scratch), Tuple.of(2, exchange))
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    private static synchronized void play(List<Damage> damages) {
        NOW.set(START);
        var tenant = UUID.randomUUID().toString();
        var caller = new Caller(new RedisSessions(REDIS.link()), tenant);
        var broken = ((Rotation.Rotated)
                        caller.elevate(begun(caller), new Rotation.Grant("strong", 3600), Grace.DEFAULT))
                .token();
        var whole = begun(caller);
        var key = "gh:{" + tenant + ":" + USER.tag() + "}:sessions";
        var record = (String) REDIS.cli("EVAL", GET, "1", key, broken.id().random());
        for (var damage : damages) {
            record = damage.to(record);
        }
        NOW.addAndGet(120_000_000);

        Runnable put = damaged(key, broken.id(), record);
        put.run();
        caller.lookup(broken, Touch.LOOK);
        caller.lookup(broken, Touch.TOUCH);
        put.run();
        caller.patch(broken.id(), Attributes.NONE, OptionalLong.empty());
        put.run();
        caller.rotate(broken, Grace.DEFAULT);
        put.run();
        caller.elevate(broken, new Rotation.Grant("admin", 1), Grace.DEFAULT);
        put.run();
        assertThat(caller.list(USER)).extracting(Session::id).contains(whole.id());
        var another = begun(caller);
        for (var token : List.of(whole, another)) {
            assertThat(caller.lookup(token, Touch.TOUCH)).isInstanceOf(Found.class);
        }
        put.run();
        caller.revoke(broken.id());
        assertThat(caller.opens(broken)).isFalse();
        put.run();
        caller.revokeAll(USER, Optional.of(whole.id()));
        assertThat(caller.opens(another)).isFalse();
        assertThat(caller.opens(whole)).isTrue();
        caller.revokeAll(USER, Optional.empty());
        assertThat(caller.opens(whole)).isFalse();
        assertThat(REDIS.cli("PTTL", key)).isNotEqualTo(-1L);
    }

    private static Runnable damaged(String key, SessionId id, String record) {
        return () -> REDIS.cli("EVAL", PUT, "1", key, id.random(), record);
    }

    private static SessionToken begun(Caller caller) {
        NOW.incrementAndGet();
        var request = SessionRequest.of(USER, Attributes.NONE, Device.UNKNOWN, 1800, 86_400, 100, OnLimit.EVICT_OLDEST);
        assertThat(caller.create(request)).isInstanceOf(Created.class);
        return request.token();
    }
}
