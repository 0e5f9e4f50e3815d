// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.rights;

import static dev.gatehouse.local.Caller.assertProblem;
import static dev.gatehouse.web.Caller.RIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The rights of API keys: each operation of the OpenAPI document with each right. */
class KeyRightsTest {

    private static final String NO_RIGHTS_LISTED = "all";

    /** The rights that allow the operations below a path; the longest path applies. */
    private static final Map<String, Set<String>> ALLOWED = new TreeMap<>(Map.ofEntries(
            Map.entry("/v1/idempotency/", Set.of("claims")),
            Map.entry("/v1/idempotency/claims/inspect", Set.of("claims", "read")),
            Map.entry("/v1/rate-limits/", Set.of("check")),
            Map.entry("/v1/rate-limits/leases/inspect", Set.of("check", "read")),
            Map.entry("/v1/rate-limits/leases/reset", Set.of("admin")),
            Map.entry("/v1/rate-limits/policies", Set.of("admin")),
            Map.entry("/v1/rate-limits/policies/{name}/overrides/list", Set.of("admin", "read")),
            Map.entry("/v1/cache/", Set.of("cache")),
            Map.entry("/v1/states/", Set.of("states")),
            Map.entry("/v1/states/read", Set.of("states", "read")),
            Map.entry("/v1/states/list", Set.of("states", "read")),
            Map.entry("/v1/presence/", Set.of("presence")),
            Map.entry("/v1/presence/list", Set.of("presence", "read")),
            Map.entry("/v1/channels/", Set.of("channels")),
            Map.entry("/v1/channels/catch-up", Set.of("channels", "read")),
            Map.entry("/v1/jobs/", Set.of("jobs")),
            Map.entry("/v1/jobs/inspect", Set.of("jobs", "read")),
            Map.entry("/v1/jobs/dead", Set.of("jobs", "read")),
            Map.entry("/v1/jobs/list", Set.of("jobs", "read")),
            Map.entry("/v1/jobs/counts", Set.of("jobs", "read")),
            Map.entry("/v1/sessions", Set.of("sessions")),
            Map.entry("/v1/sessions/list", Set.of("sessions", "read")),
            Map.entry("/v1/api-keys", Set.of("api-keys")),
            Map.entry("/v1/api-keys/verify", Set.of("api-keys", "verify")),
            Map.entry("/health/redis", Set.of("read")),
            Map.entry("/health/detailed", Set.of("read")),
            Map.entry("/redis/stats", Set.of("read")),
            Map.entry("/console/figures", Set.of("read"))));

    private static List<Operation> operations;
    private static Server server;

    private record Operation(String method, String path) {

        Set<String> allowed() {
            if (path.startsWith("/v1/rate-limits/policies") && method.equals("GET")) {
                return Set.of("admin", "read");
            }
            return ALLOWED.keySet().stream()
                    .filter(path::startsWith)
                    .max((one, other) -> one.length() - other.length())
                    .map(ALLOWED::get)
                    .orElse(Set.of());
        }

        Caller.CallerResponse callWith(String key) {
            return new Caller(server.port(), key).call(method, path.replaceAll("\\{[^}]+}", "x"), "");
        }
    }

    @BeforeAll
    static void start() throws IOException {
        operations = operations();
        var keys = Stream.concat(
                        RIGHTS.stream().map(right -> "demo/" + right + "=" + digest(right) + ":" + right),
                        Stream.of("demo=" + digest(NO_RIGHTS_LISTED), "demo=" + digest("two") + ":check+claims"))
                .collect(Collectors.joining(","));
        server = TestServer.start("ENABLE_REDIS", "false", "GATEHOUSE_API_KEYS", keys);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String digest(String key) {
        return HexFormat.of().formatHex(Sha256.of(key.getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns the operations that require a key. */
    @SuppressWarnings("unchecked")
    private static List<Operation> operations() throws IOException {
        try (var file = KeyRightsTest.class.getResourceAsStream("/META-INF/swagger/gatehouse.yml")) {
            var paths = (Map<String, Map<String, Map<String, Object>>>)
                    ((Map<String, Object>) new Yaml().load(file)).get("paths");
            return paths.entrySet().stream()
                    .filter(path -> !path.getKey().startsWith("/example/"))
                    .flatMap(path -> path.getValue().entrySet().stream()
                            .filter(operation ->
                                    !List.of().equals(operation.getValue().get("security")))
                            .map(operation ->
                                    new Operation(operation.getKey().toUpperCase(Locale.ROOT), path.getKey())))
                    .toList();
        }
    }

    @Test
    void aKeyCallsExactlyTheOperationsThatItsRightAllows() {
        assertThat(operations).hasSizeGreaterThan(40);
        var wrong = new TreeSet<String>();
        for (var operation : operations) {
            assertThat(operation.allowed())
                    .as("allowed rights of %s", operation)
                    .isNotEmpty();
            for (var right : RIGHTS) {
                boolean isForbidden = operation.callWith(right).status() == 403;
                if (isForbidden == operation.allowed().contains(right)) {
                    wrong.add(operation + " with " + right + " is " + (isForbidden ? "forbidden" : "allowed"));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyRightAllowsAnOperation() {
        assertThat(operations.stream()
                        .flatMap(operation -> operation.allowed().stream())
                        .collect(Collectors.toSet()))
                .isEqualTo(RIGHTS);
    }

    @Test
    void aKeyWithoutAListOfRightsCallsEveryOperation() {
        for (var operation : operations) {
            assertThat(operation.callWith(NO_RIGHTS_LISTED).status())
                    .as("%s", operation)
                    .isNotIn(401, 403);
        }
    }

    @Test
    void aKeyMayHaveSeveralRights() {
        assertThat(new Operation("POST", "/v1/rate-limits/check")
                        .callWith("two")
                        .status())
                .isEqualTo(400);
        assertThat(new Operation("POST", "/v1/idempotency/claims")
                        .callWith("two")
                        .status())
                .isEqualTo(400);
        assertThat(new Operation("POST", "/v1/sessions").callWith("two").status())
                .isEqualTo(403);
    }

    @Test
    void theProblemNamesTheRight() {
        var response = new Operation("POST", "/v1/states/read").callWith("check");

        assertProblem(response, 403, "forbidden");
        assertThat(response.body().get("detail"))
                .isEqualTo("This operation requires an API key with the right read or states.");
    }

    @Test
    void anOperationWithoutADeclaredRightRequiresAKeyWithEvery() {
        for (var path : List.of("/info", "/loggers")) {
            assertProblem(new Operation("GET", path).callWith("admin"), 403, "forbidden");
            assertThat(new Operation("GET", path).callWith(NO_RIGHTS_LISTED).status())
                    .isEqualTo(200);
        }
        assertProblem(new Operation("POST", "/v1/unknown").callWith("admin"), 404, "not-found");
        assertProblem(new Operation("GET", "/v1/sessions/list").callWith("admin"), 405, "method-not-allowed");
    }

    @Test
    void healthIsOpenAndShowsItsDetailsToReadersOnly() {
        assertThat(new Operation("GET", "/health").callWith("read").body()).containsKey("details");
        assertThat(new Operation("GET", "/health").callWith("check").body()).doesNotContainKey("details");
    }

    @Test
    void noSpellingOfARequestAvoidsTheRights() {
        for (var path : List.of(
                "/health/redis",
                "/health/detailed",
                "/redis/stats",
                "/console/figures",
                "/v1/rate-limits/policies/x")) {
            assertThat(new Operation("HEAD", path).callWith("check").status())
                    .as("HEAD %s", path)
                    .isEqualTo(403);
        }
        for (var path : List.of(
                "/health/%72edis",
                "/%68ealth/redis",
                "//health/redis",
                "/health//redis",
                "/health/./redis",
                "/health/redis/",
                "/health/redis;a=b",
                "/redis/%73tats",
                "/%72edis/stats",
                "/v1/../redis/stats",
                "/%6coggers",
                "/console/%66igures",
                "/console//figures",
                "/console/figures/",
                "/console/pages/../figures",
                "/console/figures;a=b",
                "/loggers/",
                "/info/",
                "/%76%31/rate-limits/policies/x",
                "/v1/rate-limits/%70olicies/x")) {
            assertThat(new Operation("GET", path).callWith("check").status())
                    .as("GET %s", path)
                    .isIn(400, 401, 403, 404, 405);
        }
    }
}
