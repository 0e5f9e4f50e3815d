package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fixtures.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a body holds, if it is no check it is the caller's fault, is told so, and never reaches Redis. */
class MalformedBodiesTest {

    private static final String SOUND =
            "{\"mode\":\"all\",\"limits\":[{\"name\":\"n\",\"subject\":\"sü\",\"limit\":5,\"windowSeconds\":60,\"cost\":1}]}";

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;
    private static long scriptsBefore;

    @BeforeContainer
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = Server.start(Map.of(
                "MICRONAUT_SERVER_PORT", "-1",
                "REDIS_URL", redis.url(),
                "REDIS_CONNECTION_TIMEOUT", "5000",
                "REDIS_COMMAND_TIMEOUT", "5000",
                "GATEHOUSE_API_KEYS", new DemoKey("k").setting()));
        caller = new Caller(server.port(), "k");
        assertThat(caller.check(SOUND).status()).as("the sound body is sound").isEqualTo(200);
        redis.cli("FLUSHALL");
        scriptsBefore = scripts();
    }

    @AfterContainer
    static void redisWasLeftAlone() {
        try {
            assertThat(redis.cli("DBSIZE")).isEqualTo(0L);
            assertThat(scripts()).isEqualTo(scriptsBefore);
        } finally {
            server.close();
            redis.close();
        }
    }

    private static long scripts() {
        return redis.calls("eval") + redis.calls("evalsha");
    }

    @Property(tries = 3_000, shrinking = ShrinkingMode.BOUNDED)
    void aMalformedBodyIsAProblemOfTheCaller(@ForAll("malformed") byte[] body) {
        var told = caller.check(body);

        assertThat(told.status()).as(new String(body, StandardCharsets.UTF_8)).isEqualTo(400);
        CommonContractTest.assertProblem(told, 400, "invalid-request");
        assertThat(told.list("errors")).isNotEmpty().allSatisfy(error -> assertThat(error.keySet())
                .containsExactlyInAnyOrder("field", "message"));
        assertThat(told.text()).doesNotContain("Exception", "java.", "\tat ", "com.fasterxml");
    }

    @Provide
    Arbitrary<byte[]> malformed() {
        return Arbitraries.oneOf(noise(), tokens(), truncated(), continued(), wrongValues(), unknown(), invalidText());
    }

    private static Arbitrary<byte[]> noise() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    }

    private static Arbitrary<byte[]> tokens() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "\"",
                        "\"limits\"",
                        "1",
                        "-",
                        "1e999",
                        "null",
                        "true",
                        "NaN",
                        " ",
                        "\\u00",
                        "/*",
                        "'")
                .list()
                .ofMaxSize(60)
                .map(all -> utf8(String.join("", all)));
    }

    private static Arbitrary<byte[]> truncated() {
        return Arbitraries.integers().between(0, SOUND.length() - 1).map(length -> utf8(SOUND.substring(0, length)));
    }

    private static Arbitrary<byte[]> continued() {
        return Arbitraries.of("}", "{}", "0", "\"\"", ",", "\u0000", "//", "\uFEFF", SOUND)
                .flatMap(more -> Arbitraries.of(SOUND + more, more + SOUND))
                .map(MalformedBodiesTest::utf8);
    }

    private static Arbitrary<byte[]> wrongValues() {
        var values = Arbitraries.oneOf(
                Arbitraries.of(
                        "null",
                        "true",
                        "[]",
                        "{}",
                        "\"\"",
                        "\"5\"",
                        "5.0",
                        "5e0",
                        "-0.0",
                        "0",
                        "-1",
                        "1000000001",
                        "9223372036854775808",
                        "1" + "0".repeat(98),
                        "1" + "0".repeat(2_000),
                        "1e400",
                        "\"\\ud800\"",
                        "\"" + "x".repeat(600) + "\"",
                        "[[[[[[[[[[[[]]]]]]]]]]]]"),
                Arbitraries.strings().ofMaxLength(5).map(text -> "{\"" + text.replaceAll("[^a-z]", "") + "\":1}"));
        var places = Arbitraries.of("\"n\"", "5", "60", "\"all\"", "[{", "1}");
        return Combinators.combine(places, values)
                .as(MalformedBodiesTest::with)
                .filter(body -> !isSound(body))
                .map(MalformedBodiesTest::utf8);
    }

    private static String with(String place, String value) {
        return switch (place) {
            case "[{" -> "{\"limits\":" + value + "}";
            case "1}" -> SOUND.replace("\"cost\":1}", "\"cost\":" + value + "}");
            default -> SOUND.replace(":" + place, ":" + value);
        };
    }

    /** Those substitutions that happen to be allowed: null is absent, 0 a cost, "5" a name. */
    private static boolean isSound(String body) {
        return body.contains("\"name\":\"5\"")
                || body.contains("\"cost\":0}")
                || body.contains("\"cost\":null}")
                || body.contains("\"mode\":null");
    }

    private static Arbitrary<byte[]> unknown() {
        return Arbitraries.strings()
                .alpha()
                .ofMinLength(1)
                .ofMaxLength(300)
                .map(name -> "x" + name)
                .flatMap(name -> Arbitraries.of(
                        SOUND.replace("{\"mode\"", "{\"" + name + "\":1,\"mode\""),
                        SOUND.replace("{\"name\"", "{\"" + name + "\":[{}],\"name\""),
                        SOUND.replace("\"cost\":1", "\"cost\":1,\"cost\":1"),
                        SOUND.replace("\"mode\":\"all\"", "\"mode\":\"" + name + "\"")))
                .map(MalformedBodiesTest::utf8);
    }

    private static Arbitrary<byte[]> invalidText() {
        return Arbitraries.of(
                        new byte[] {(byte) 0xff},
                        new byte[] {(byte) 0xc3},
                        new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                        new byte[] {(byte) 0xc0, (byte) 0x80},
                        new byte[] {0},
                        new byte[] {'\n'})
                .map(bytes -> {
                    var at = SOUND.indexOf("ü");
                    var body = new ByteArrayOutputStream();
                    body.writeBytes(utf8(SOUND.substring(0, at)));
                    body.writeBytes(bytes);
                    body.writeBytes(utf8(SOUND.substring(at + 1)));
                    return body.toByteArray();
                });
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
