// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChainedScriptsTest {

    private static final Script RETURN_ALL = packing("tell", """
            local all = {ARGV[2]}
            for i = 1, #KEYS do
              all[#all + 1] = KEYS[i]
            end
            for i = 3, #ARGV do
              all[#all + 1] = ARGV[i]
            end
            return cmsgpack.pack(unpack(all)) -- with a last line that is a comment""");

    private static final Script COUNT = packing("count", """
            return cmsgpack.pack(redis.call('INCR', KEYS[1]))
            """);

    private static RedisProcess redis;

    private LinkProbe probe;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void connect() {
        probe = LinkProbe.patient(redis.url());
        redis.cli("FLUSHALL");
    }

    @AfterEach
    void disconnect() {
        probe.close();
    }

    @Test
    void eachScriptReceivesItsOwnKeysAndArguments() {
        var pair = ChainedScripts.of(RETURN_ALL, "found", RETURN_ALL);
        var reply = run(
                pair, call(RETURN_ALL, List.of("{t}a", "{t}b"), "found", "x"), call(RETURN_ALL, List.of("{t}c"), "y"));

        assertThat(pair.firstOf(values(reply)).values()).isEqualTo(List.of("found", "{t}a", "{t}b", "x"));
        assertThat(secondOf(pair, values(reply))).isEqualTo(List.of("y", "{t}c"));
    }

    @Test
    void runsTheSecondScriptOnlyAfterTheWord() {
        for (var word : List.of("invalid", "founder", "foun", "")) {
            var pair = ChainedScripts.of(RETURN_ALL, "found", COUNT);
            var reply = run(pair, call(RETURN_ALL, List.of("{t}a"), word), call(COUNT, List.of("{t}n")));

            assertThat(pair.firstOf(values(reply)).values()).isEqualTo(List.of(word, "{t}a"));
            assertThat(pair.secondOf(values(reply))).isNull();
            assertThat(redis.cli("EXISTS", "{t}n")).isEqualTo(0L);
        }
    }

    @Test
    void anEmptyReplyDoesNotRunTheSecondScript() {
        var nothing = packing("nothing", "return ''");
        var pair = ChainedScripts.of(nothing, "found", COUNT);
        var reply = values(run(pair, call(nothing, List.of("{t}a")), call(COUNT, List.of("{t}n"))));
        assertThat(pair.firstOf(reply).values()).isEmpty();
        assertThat(pair.secondOf(reply)).isNull();
    }

    @Test
    void bothScriptsMayPackAnyBytes() {
        var every = new byte[256];
        for (int n = 0; n < 256; n++) {
            every[n] = (byte) n;
        }
        var echo = packing("echo", "return cmsgpack.pack('found', ARGV[2], 7)");
        var pair = ChainedScripts.of(echo, "found", echo);
        var call = ScriptCall.of(echo).key("{t}a").bytes(every);
        var reply = values(run(pair, call, call));
        var expected = List.of("found", new String(every, StandardCharsets.ISO_8859_1), 7L);
        assertThat(pair.firstOf(reply).values()).isEqualTo(expected);
        assertThat(secondOf(pair, reply)).isEqualTo(expected);
    }

    @Test
    void bothScriptsUseOneTimeOfRedis() {
        var tell = packing("time", """
                local now = tonumber(ARGV[1])
                if now == 0 then
                  local time = redis.call('TIME')
                  now = time[1] * 1000000 + time[2]
                end
                return cmsgpack.pack('found', string.format('%.0f', now))
                """);
        var pair = ChainedScripts.of(tell, "found", tell);
        run(pair, call(tell, List.of("{t}a")), call(tell, List.of("{t}b")));
        redis.cli("CONFIG", "RESETSTAT");

        var reply = values(run(pair, call(tell, List.of("{t}a")), call(tell, List.of("{t}b"))));

        assertThat(pair.firstOf(reply).values()).isEqualTo(secondOf(pair, reply));
        assertThat(Long.parseLong(pair.firstOf(reply).text(1)))
                .isBetween(MicroClock.now() - 60_000_000, MicroClock.now() + 60_000_000);
        assertThat(redis.calls("time")).isEqualTo(1);
        assertThat(redis.calls("evalsha")).isEqualTo(1);
        assertThat(redis.calls("eval")).isZero();
    }

    @Test
    void bothScriptsUseTheCallersClockIfConfigured() {
        var now = 1_790_000_000_123_456L;
        try (var link = LinkOnClock.toServer(redis.port(), () -> now)) {
            var tell = packing("argv", "return cmsgpack.pack('found', tonumber(ARGV[1]))");
            var pair = ChainedScripts.of(tell, "found", tell);
            var reply = link.run(pair.call(call(tell, List.of("{t}a")), call(tell, List.of("{t}b"))), probe.deadline())
                    .toCompletableFuture()
                    .join();
            assertThat(pair.firstOf(values(reply)).values()).isEqualTo(List.of("found", now));
            assertThat(secondOf(pair, values(reply))).isEqualTo(List.of("found", now));
        }
    }

    @Test
    void anErrorOfEitherScriptIsTheReply() {
        var failing = packing("failing", "return redis.error_reply('CORRUPT record')");
        var fails = packing("fails", "redis.call('INCR', KEYS[1]) return cmsgpack.pack('found')");
        redis.cli("RPUSH", "{t}list", "x");

        assertThat(run(
                        ChainedScripts.of(failing, "found", COUNT),
                        call(failing, List.of("{t}a")),
                        call(COUNT, List.of("{t}n"))))
                .isEqualTo(new Refused<>("CORRUPT"));
        assertThat(run(
                        ChainedScripts.of(RETURN_ALL, "found", failing),
                        call(RETURN_ALL, List.of("{t}a"), "found"),
                        call(failing, List.of("{t}n"))))
                .isEqualTo(new Refused<>("CORRUPT"));
        assertThat(run(
                        ChainedScripts.of(fails, "found", COUNT),
                        call(fails, List.of("{t}list")),
                        call(COUNT, List.of("{t}n"))))
                .isEqualTo(new Refused<>("WRONGTYPE"));
        assertThat(redis.cli("EXISTS", "{t}n")).isEqualTo(0L);
        assertThat(run(
                        ChainedScripts.of(RETURN_ALL, "found", fails),
                        call(RETURN_ALL, List.of("{t}a"), "found"),
                        call(fails, List.of("{t}list"))))
                .isEqualTo(new Refused<>("WRONGTYPE"));
    }

    /** Lua allows 200 for each function. */
    @Test
    void eachScriptMayHaveAllLocals() {
        var locals = IntStream.range(0, 190)
                .mapToObj(n -> "local v" + n + " = " + n + "\n")
                .collect(Collectors.joining("", "", "return cmsgpack.pack('found', v189)\n"));
        var many = packing("many", locals);
        var pair = ChainedScripts.of(many, "found", many);
        var reply = values(run(pair, call(many, List.of("{t}a")), call(many, List.of("{t}b"))));
        assertThat(pair.firstOf(reply).values()).isEqualTo(List.of("found", 189L));
        assertThat(secondOf(pair, reply)).isEqualTo(List.of("found", 189L));
    }

    @Test
    void localsOfOneScriptAreHiddenFromTheOther() {
        var names = packing("names", "local secret = 'x'\nreturn cmsgpack.pack('found', secret)");
        var looks =
                packing("looks", "local ok = pcall(function() return secret end)\nreturn cmsgpack.pack(ok and 1 or 0)");
        var pair = ChainedScripts.of(names, "found", looks);
        var reply = values(run(pair, call(names, List.of("{t}a")), call(looks, List.of("{t}b"))));
        assertThat(secondOf(pair, reply)).as("an unknown global is an error").isEqualTo(List.of(0L));
    }

    @Test
    void combinesTwoScriptsOnce() {
        var again = packing("count", COUNT.source());
        assertThat(ChainedScripts.of(RETURN_ALL, "found", again))
                .isSameAs(ChainedScripts.of(RETURN_ALL, "found", COUNT));
        assertThat(ChainedScripts.of(RETURN_ALL, "other", COUNT))
                .isNotSameAs(ChainedScripts.of(RETURN_ALL, "found", COUNT));
    }

    @Test
    void rejectsAMalformedWord() {
        assertThatIllegalArgumentException().isThrownBy(() -> ChainedScripts.of(RETURN_ALL, "a' or 'a", COUNT));
    }

    @Test
    void rejectsAScriptThatDoesNotPack() {
        var array = Script.of("array", "return {'found'}");
        assertThatIllegalArgumentException().isThrownBy(() -> ChainedScripts.of(array, "found", COUNT));
        assertThatIllegalArgumentException().isThrownBy(() -> ChainedScripts.of(RETURN_ALL, "found", array));
    }

    private static Script packing(String name, String source) {
        return Script.of(name, source).replyingPacked();
    }

    private static ScriptCall call(Script script, List<String> keys, String... args) {
        var call = ScriptCall.of(script);
        keys.forEach(call::key);
        List.of(args).forEach(call::text);
        return call;
    }

    private static List<Object> secondOf(ChainedScripts pair, ScriptReply reply) {
        return Objects.requireNonNull(pair.secondOf(reply)).values();
    }

    private Reply<ScriptReply> run(ChainedScripts pair, ScriptCall first, ScriptCall second) {
        return probe.await(probe.link.run(pair.call(first, second), probe.deadline()));
    }

    private static ScriptReply values(Reply<ScriptReply> reply) {
        assertThat(reply).isInstanceOf(Answered.class);
        return ((Answered<ScriptReply>) reply).value();
    }
}
