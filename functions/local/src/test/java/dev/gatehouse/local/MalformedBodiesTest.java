// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.testkit.DeepTries;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Verifies that a malformed body is a problem of the caller and changes nothing. */
class MalformedBodiesTest {

    /**
     * An operation, and a body that it takes; {@code ü} stands in one of its strings.
     *
     * @param takesAnything whether some value of the body may be any other, which at worst opens or finds nothing
     */
    private record Route(String method, String path, String sound, boolean takesAnything) {

        byte[] with(String before, String after) {
            return utf8(sound.replace(before, after));
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private record Malformed(Route route, byte[] body) {

        @Override
        public String toString() {
            return route + " " + new String(body, StandardCharsets.UTF_8);
        }
    }

    /** A value after a colon that is neither an array nor an object. */
    private static final Pattern VALUE = Pattern.compile(":(\"[^\"]*\"|[0-9]+)");

    private static final String LIMIT = "\"name\":\"n\",\"subject\":\"sü\",\"limit\":5,\"windowSeconds\":60";
    private static final String LEASE = "\"name\":\"n\",\"subject\":\"sü\",\"leaseId\":\"AAAAAAAAAAAAAAAAAAAAAA\"";

    private static final Route CHECK =
            route("POST", "check", "{\"mode\":\"all\",\"limits\":[{" + LIMIT + ",\"cost\":1}]}");
    private static final List<Route> ROUTES = List.of(
            CHECK,
            route("POST", "check", "{\"limits\":[{\"policy\":\"p\",\"subject\":\"sü\",\"cost\":1}]}"),
            route(
                    "POST",
                    "check",
                    "{\"limits\":[{\"name\":\"n\",\"subject\":\"sü\",\"algorithm\":\"fixed-window\",\"limit\":5,"
                            + "\"period\":\"day\",\"timeZone\":\"UTC\"}]}"),
            route("POST", "refund", "{\"mode\":\"each\",\"limits\":[{" + LIMIT + ",\"burst\":7}]}"),
            route("POST", "settle", "{" + LIMIT + ",\"reserved\":2,\"actual\":3}"),
            route("POST", "reset", "{" + LIMIT + "}"),
            route(
                    "PUT",
                    "policies/p",
                    "{\"algorithm\":\"gcra\",\"limit\":5,\"windowSeconds\":60,\"whenDown\":\"open\"}"),
            route("PUT", "policies/p/overrides", "{\"subject\":\"sü\",\"limit\":5,\"burst\":6,\"algorithm\":\"gcra\"}"),
            route(
                    "PUT",
                    "policies/p/overrides",
                    "{\"subject\":\"sü\",\"policy\":\"p\",\"expiresInSeconds\":60,\"label\":\"ü\"}"),
            route("DELETE", "policies/p/overrides", "{\"subject\":\"sü\"}"),
            route("POST", "leases", "{" + LEASE + ",\"limit\":1,\"leaseMillis\":1000}"),
            route("POST", "leases", "{\"policy\":\"p\",\"subject\":\"sü\",\"leaseMillis\":1000}"),
            route("POST", "leases/extend", "{" + LEASE + ",\"leaseMillis\":1000}"),
            route("POST", "leases/release", "{" + LEASE + "}"),
            route("POST", "leases/inspect", "{\"name\":\"n\",\"subject\":\"sü\"}"),
            route("POST", "leases/reset", "{\"name\":\"n\",\"subject\":\"sü\"}"),
            session(
                    "POST",
                    "",
                    "{\"userId\":\"sü\",\"idleSeconds\":5,\"absoluteSeconds\":60,\"maxSessions\":3,\"onLimit\":\"reject\"}"),
            session("POST", "/list", "{\"userId\":\"sü\"}"),
            session("POST", "/revoke-user", "{\"userId\":\"sü\",\"exceptId\":\"AAAAAAAAAAAA.AAAAAAAAAAAAAAAA\"}"),
            lenient("POST", "", "{\"userId\":\"u\",\"attributes\":{\"a\":\"sü\"},\"device\":{\"name\":\"d\"}}"),
            lenient("POST", "/lookup", "{\"token\":\"sü\",\"touch\":true}"),
            lenient("POST", "/rotate", "{\"token\":\"sü\",\"graceSeconds\":5}"),
            lenient("PATCH", "/AAAAAAAAAAAA.AAAAAAAAAAAAAAAA", "{\"attributes\":{\"a\":\"sü\"}}"));

    private static final String POLICY = "/v1/rate-limits/policies/p";

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;
    private static Map<String, Object> policy;
    private static long changesBefore;

    private static Route route(String method, String path, String sound) {
        return new Route(method, "/v1/rate-limits/" + path, sound, false);
    }

    private static Route session(String method, String path, String sound) {
        return new Route(method, "/v1/sessions" + path, sound, false);
    }

    private static Route lenient(String method, String path, String sound) {
        return new Route(method, "/v1/sessions" + path, sound, true);
    }

    @BeforeContainer
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = TestServer.start("REDIS_URL", redis.url());
        caller = TestServer.caller(server);
        caller.call("PUT", POLICY, "{\"limit\":2,\"windowSeconds\":60}");
        for (var route : ROUTES) {
            assertThat(call(route, utf8(route.sound())).status())
                    .as("the valid body of %s", route)
                    .isIn(route.takesAnything() ? List.of(201, 401, 404) : List.of(200, 201, 204));
        }
        redis.cli("FLUSHALL");
        caller.call("PUT", POLICY, "{\"limit\":2,\"windowSeconds\":60}");
        policy = storedPolicy();
        changesBefore = changes();
    }

    private static CallerResponse call(Route route, byte[] body) {
        return caller.call(route.method(), route.path(), body);
    }

    private static Map<String, Object> storedPolicy() {
        return caller.send(caller.request(POLICY).GET()).body();
    }

    @AfterContainer
    static void redisWasLeftAsItWas() {
        try {
            assertThat(changes()).isEqualTo(changesBefore);
            assertThat(redis.cli("DBSIZE")).as("the policy").isEqualTo(1L);
            assertThat(storedPolicy()).isEqualTo(policy);
        } finally {
            server.close();
            redis.close();
        }
    }

    private static long changes() {
        return Long.parseLong(redis.info("persistence", "rdb_changes_since_last_save"));
    }

    @Property(tries = 600, shrinking = ShrinkingMode.BOUNDED)
    @DeepTries(10_000)
    void respondsToAMalformedBodyWithAProblem(@ForAll("malformedOfAnyRoute") Malformed malformed) {
        assertRefused(malformed);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
    @DeepTries(5_000)
    void respondsToACheckWithAnyViolationWithAProblem(@ForAll("wrongChecks") Malformed malformed) {
        assertRefused(malformed);
    }

    private static void assertRefused(Malformed malformed) {
        var response = call(malformed.route(), malformed.body());

        assertThat(response.status()).as(malformed.toString()).isEqualTo(400);
        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors")).isNotEmpty().allSatisfy(error -> assertThat(error.keySet())
                .containsExactlyInAnyOrder("field", "message"));
        assertThat(response.text()).doesNotContain("Exception", "java.", "\tat ", "com.fasterxml");
    }

    @Provide
    Arbitrary<Malformed> malformedOfAnyRoute() {
        return Arbitraries.of(ROUTES).flatMap(MalformedBodiesTest::malformed);
    }

    @Provide
    Arbitrary<Malformed> wrongChecks() {
        return wrongValues().map(body -> new Malformed(CHECK, body));
    }

    private static Arbitrary<Malformed> malformed(Route route) {
        return Arbitraries.oneOf(
                        noise(),
                        tokens(),
                        truncated(route),
                        continued(route),
                        route.takesAnything() ? tokens() : alwaysWrong(route),
                        unknown(route),
                        invalidText(route))
                .map(body -> new Malformed(route, body));
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
                .map(all -> String.join("", all))
                // This patch changes nothing.
                .filter(text -> !text.replace(" ", "").equals("{}"))
                .map(MalformedBodiesTest::utf8);
    }

    private static Arbitrary<byte[]> truncated(Route route) {
        return Arbitraries.integers()
                .between(0, route.sound().length() - 1)
                .map(length -> utf8(route.sound().substring(0, length)));
    }

    private static Arbitrary<byte[]> continued(Route route) {
        return Arbitraries.of("}", "{}", "0", "\"\"", ",", "\u0000", "//", "\uFEFF", route.sound())
                .flatMap(more -> Arbitraries.of(route.sound() + more, more + route.sound()))
                .map(MalformedBodiesTest::utf8);
    }

    /** A value of the body, and a replacement of another type. */
    private static Arbitrary<byte[]> alwaysWrong(Route route) {
        var values = VALUE.matcher(route.sound())
                .results()
                .map(found -> List.of(found.start(1), found.end(1)))
                .toList();
        var wrong = Arbitraries.of(
                "true",
                "[]",
                "{}",
                "\"\"",
                "5.0",
                "-0.0",
                "1e400",
                "-1",
                "9223372036854775808",
                "1" + "0".repeat(98),
                "1" + "0".repeat(2_000),
                "\"\\ud800\"",
                "\"" + "x".repeat(600) + "\"",
                "[[[[[[[[[[[[]]]]]]]]]]]]");
        return Combinators.combine(Arbitraries.of(values), wrong)
                .as((at, value) -> utf8(route.sound().substring(0, at.getFirst())
                        + value
                        + route.sound().substring(at.getLast())));
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
            case "1}" -> CHECK.sound().replace("\"cost\":1}", "\"cost\":" + value + "}");
            default -> CHECK.sound().replace(":" + place, ":" + value);
        };
    }

    /** Replacements that are valid: null is absent, 0 a cost or a limit, "5" a name. */
    private static boolean isSound(String body) {
        return body.contains("\"name\":\"5\"")
                || body.contains("\"limit\":0,")
                || body.contains("\"cost\":0}")
                || body.contains("\"cost\":null}")
                || body.contains("\"mode\":null");
    }

    private static Arbitrary<byte[]> unknown(Route route) {
        return Arbitraries.strings()
                .alpha()
                .ofMinLength(1)
                .ofMaxLength(300)
                .map(name -> "x" + name)
                .flatMap(name -> Arbitraries.of(
                        route.with("{\"", "{\"" + name + "\":1,\""),
                        route.with("{\"", "{\"subject\":1,\"" + name + "\":2,\"")));
    }

    private static Arbitrary<byte[]> invalidText(Route route) {
        var sound = route.sound().contains("ü") ? route.sound() : route.sound().replace("gcra", "ü");
        return Arbitraries.of(
                        new byte[] {(byte) 0xff},
                        new byte[] {(byte) 0xc3},
                        new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                        new byte[] {(byte) 0xc0, (byte) 0x80},
                        new byte[] {0},
                        new byte[] {'\n'})
                .map(bytes -> {
                    var at = sound.indexOf("ü");
                    var body = new ByteArrayOutputStream();
                    body.writeBytes(utf8(sound.substring(0, at)));
                    body.writeBytes(bytes);
                    body.writeBytes(utf8(sound.substring(at + 1)));
                    return body.toByteArray();
                });
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
