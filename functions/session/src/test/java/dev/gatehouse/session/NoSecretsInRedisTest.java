// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static dev.gatehouse.session.AllOperations.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.RespConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** After every operation, neither Redis nor the logs contain a token that opens a session. */
class NoSecretsInRedisTest {

    private static final AtomicLong NOW = new AtomicLong(1_790_000_000_000_000L);

    /** The length of a part of a secret that must not occur. */
    private static final int TOO_MUCH = 12;

    /** The contents of Redis: of each key the name, its DUMP and its values, byte by byte. */
    private static final String EVERYTHING = """
            local everything = {}
            local function tell(bytes)
              everything[#everything + 1] = bytes:gsub('.', function(c) return string.format('%02x', c:byte()) end)
            end
            for _, key in ipairs(redis.call('KEYS', '*')) do
              tell(key)
              tell(redis.call('DUMP', key))
              local kind = redis.call('TYPE', key).ok
              if kind == 'string' then
                tell(redis.call('GET', key))
              else
                local read = {hash = {'HGETALL', key}, set = {'SMEMBERS', key}, list = {'LRANGE', key, 0, -1},
                  zset = {'ZRANGE', key, 0, -1}}
                for _, value in ipairs(redis.call(unpack(read[kind]))) do
                  tell(value)
                end
              end
            end
            return everything
            """;

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    /** The encodings of a secret. */
    private enum Form {
        AS_IT_IS,
        AS_BYTES,
        AS_HEX,
        AS_BASE64,
        ITS_CHARACTERS_AS_HEX,
        ITS_CHARACTERS_AS_BASE64;

        byte[] of(String base64url) {
            var bytes = Base64.getUrlDecoder().decode(base64url);
            var characters = ascii(base64url);
            return switch (this) {
                case AS_IT_IS -> characters;
                case AS_BYTES -> bytes;
                case AS_HEX -> ascii(HexFormat.of().formatHex(bytes));
                case AS_BASE64 -> Base64.getEncoder().encode(bytes);
                case ITS_CHARACTERS_AS_HEX -> ascii(HexFormat.of().formatHex(characters));
                case ITS_CHARACTERS_AS_BASE64 -> Base64.getEncoder().encode(characters);
            };
        }
    }

    /** @param text one character per byte; hex is in lower case */
    private record Content(String text) {

        static Content ofRedis() {
            return new Content(((List<?>) REDIS.cli("EVAL", EVERYTHING, "0"))
                    .stream()
                            .map(hex -> latin(HexFormat.of().parseHex((String) hex)))
                            .collect(Collectors.joining("\n")));
        }

        /** Decodes the output of MONITOR, which writes other bytes as {@code \xff}. */
        static Content ofLines(List<String> lines) {
            var text = new StringBuilder();
            for (var line : lines) {
                for (int i = 0; i < line.length(); i++) {
                    boolean escaped = line.charAt(i) == '\\';
                    if (escaped && line.startsWith("\\x", i)) {
                        text.append((char) HexFormat.fromHexDigits(line, i + 2, i + 4));
                        i += 3;
                    } else if (escaped) {
                        int which = "nrtab\"\\".indexOf(line.charAt(i + 1));
                        text.append("\n\r\t\u0007\b\"\\".charAt(which));
                        i++;
                    } else {
                        text.append(line.charAt(i));
                    }
                }
                text.append('\n');
            }
            return new Content(text.toString());
        }

        boolean holdsSomeOf(SessionToken token) {
            return holdsSomeOf(token.secret());
        }

        boolean holdsSomeOf(String base64url) {
            for (var form : Form.values()) {
                var written = latin(form.of(base64url));
                for (int i = 0; i + TOO_MUCH <= written.length(); i++) {
                    var part = written.substring(i, i + TOO_MUCH);
                    if (text.contains(part) || text.contains(part.toUpperCase(Locale.ROOT))) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    @Test
    void redisReceivesNoSecret() {
        try (var monitor = REDIS.server().connect()) {
            assertThat(monitor.call("MONITOR")).isEqualTo("OK");
            var contents = new ArrayList<Content>();
            var everything = new AllOperations(REDIS.server(), REDIS.link(), NOW);

            everything.run(() -> contents.add(Content.ofRedis()));
            contents.add(Content.ofRedis());
            contents.add(Content.ofLines(linesUntil(monitor, "this is the end")));

            assertThat(everything.tokens()).hasSizeGreaterThan(6);
            for (var content : contents) {
                assertThat(everything.tokens()).noneMatch(content::holdsSomeOf);
                assertThat(everything.tokens())
                        .as("the digest of one that lives is there")
                        .anyMatch(token ->
                                content.holdsSomeOf(base64url(token.digest().bytes())));
            }
        }
    }

    @Test
    void noKeyIsNamedByAUserOrASession() {
        var everything = new AllOperations(REDIS.server(), REDIS.link(), NOW);
        everything.run(() -> {});

        var names = (List<?>) REDIS.cli("KEYS", "*");
        assertThat(names).isNotEmpty().allSatisfy(name -> {
            assertThat((String) name).startsWith("gh:{tenant-").contains(":" + USER.tag() + "}:");
            for (var form : Form.values()) {
                var user = latin(form.of(base64url(USER.value().getBytes(StandardCharsets.UTF_8))));
                assertThat((String) name).doesNotContainIgnoringCase(user.substring(0, TOO_MUCH));
            }
            assertThat(everything.tokens())
                    .noneMatch(token -> ((String) name).contains(token.id().random()));
        });
    }

    /**
     * A process that runs every operation and logs everything to standard output. Standard error has the tokens. The
     * driver decides about logging when it is loaded, so the test needs a process of its own.
     */
    static final class TalkativeProcess {

        private TalkativeProcess() {}

        /** @param args {@code bytes} to log the bytes on the wire too */
        public static void main(String[] args) {
            var now = new AtomicLong(1_790_000_000_000_000L);
            try (var log = args[0].equals("bytes") ? LogCapture.recordBytesToo() : LogCapture.record();
                    var redis = RedisProcess.start();
                    var link = LinkOnClock.toServer(redis.port(), now::get)) {
                var everything = new AllOperations(redis, link, now);
                everything.run(() -> {});
                everything.runFailures();
                System.out.println(log.text());
                everything.tokens().forEach(token -> System.err.println(token.text()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "no bytes"})
    void noLogHoldsAToken(String what) throws Exception {
        var talkative = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TalkativeProcess.class.getName(),
                        what)
                .start();
        try (var out = talkative.inputReader();
                var err = talkative.errorReader()) {
            var logged = CompletableFuture.supplyAsync(() -> err.lines()
                    .map(SessionToken::parse)
                    .flatMap(Optional::stream)
                    .toList());
            var logs = new Content(out.lines().collect(Collectors.joining("\n")));

            assertThat(logged.join()).hasSizeGreaterThan(6).noneMatch(logs::holdsSomeOf);
            assertThat(logs.text).contains("EVALSHA", "is lost", "cannot be read");
            if (!what.equals("bytes")) {
                assertThat(logs.text).doesNotContain(AllOperations.PERSONAL);
            }
        } finally {
            talkative.destroyForcibly();
        }
    }

    @Test
    void noRequestOrOutcomeShowsASecretAsText() {
        var caller = new Caller(new RedisSessions(REDIS.link()), "tenant-" + UUID.randomUUID());
        var request = AllOperations.request(SessionToken.random(USER));
        var token = request.token();
        var created = caller.create(request);
        var rotated = (Rotated) caller.rotate(token, Grace.DEFAULT);

        var text = "" + request + created + rotated + caller.lookup(token, Touch.LOOK) + caller.list(USER)
                + caller.patch(token.id(), request.attributes(), OptionalLong.empty());

        assertThat(text).doesNotContain(AllOperations.PERSONAL);
        assertThat(List.of(token, rotated.token())).noneMatch(new Content(text)::holdsSomeOf);
        assertThatThrownBy(() -> new SessionRequest(
                        token,
                        new UserId("grace.hopper@example.org"),
                        request.attributes(),
                        request.device(),
                        60,
                        60,
                        1,
                        OnLimit.REJECT,
                        null,
                        null))
                .message()
                .doesNotContain(AllOperations.PERSONAL)
                .doesNotContain("hopper", token.secret());
    }

    @ParameterizedTest
    @EnumSource
    void theScanFindsASecretHoweverItIsWritten(Form form) {
        var secret = SessionToken.random(USER).secret();
        assertThat(Content.ofRedis().holdsSomeOf(secret)).isFalse();
        var planted = Map.of(
                "a name", "redis.call('SET', bytes, 'x', 'PX', 60000)",
                "a value", "redis.call('SET', 'planted', 'before' .. bytes:sub(4) .. 'behind', 'PX', 60000)",
                "a field", "redis.call('HSET', 'planted', bytes, 'x') redis.call('PEXPIRE', 'planted', 60000)",
                "a field's value", "redis.call('HSET', 'planted', 'x', bytes) redis.call('PEXPIRE', 'planted', 60000)",
                "a member", "redis.call('ZADD', 'planted', 1, bytes) redis.call('PEXPIRE', 'planted', 60000)");

        planted.forEach((where, command) -> {
            try (var monitor = REDIS.server().connect()) {
                monitor.call("MONITOR");
                REDIS.cli(
                        "EVAL",
                        "local bytes = ARGV[1]:gsub('..', function(c) return string.char(tonumber(c, 16)) end) "
                                + command,
                        "0",
                        HexFormat.of().formatHex(form.of(secret)));

                assertThat(Content.ofRedis().holdsSomeOf(secret)).as(where).isTrue();
                assertThat(Content.ofLines(linesUntil(monitor, "planted")).holdsSomeOf(secret))
                        .as(where)
                        .isTrue();
                REDIS.cli("FLUSHALL");
            }
        });

        try (var log = LogCapture.recordBytesToo()) {
            LoggerFactory.getLogger("io.lettuce.core").trace("Sent: {}", latin(form.of(secret)));
            assertThat(new Content(log.text()).holdsSomeOf(secret)).isTrue();
        }
    }

    /** Returns the output of MONITOR up to this text. */
    private static List<String> linesUntil(RespConnection monitor, String end) {
        REDIS.cli("ECHO", end);
        var lines = new ArrayList<String>();
        while (lines.isEmpty() || !lines.getLast().endsWith("\"ECHO\" \"" + end + "\"")) {
            lines.add((String) monitor.read());
        }
        return lines;
    }

    private static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
