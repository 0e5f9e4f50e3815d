// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.telemetry.RedisMetric;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Compares dashboard and alerts with the metrics of a server after requests and an outage. */
class DashboardsTest {

    private static final Path DASHBOARDS = Path.of("../../infra/dashboards");

    /** The labels that Prometheus adds to each series. */
    private static final Set<String> ADDED = Set.of("instance", "job");

    private static Scrape scrape;

    @BeforeAll
    static void startAServerWithTraffic() throws Exception {
        try (var redis = RedisProcess.start();
                var server = TestServer.start("REDIS_URL", redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "0")) {
            var caller = TestServer.caller(server);
            var check = "{\"limits\":[{\"name\":\"api\",\"subject\":\"ada\",\"limit\":1,\"windowSeconds\":60}]}";
            caller.check(check);
            caller.check(check);
            sendRefusedRequests(caller);
            var figures = RedisMetricValues.NONE;
            for (var figure : RedisMetric.values()) {
                figures = figures.with(figure, 1L);
            }
            server.telemetry().recordCheck(figures);
            redis.stop();
            System.gc();
            await().until(() -> {
                caller.check(check.replace("ada", "grace"));
                caller.post("/v1/idempotency/claims", "{\"key\":\"k\"}");
                scrape = Scrape.of(caller.send(caller.anonymous("/metrics")).text());
                return scrape.value("gatehouse_redis_circuit", Map.of("state", "open")) == 1
                        && scrape.names().contains("jvm_gc_pause_seconds_sum");
            });
        }
    }

    /** Creates the series of the outcomes that alerts count. */
    private static void sendRefusedRequests(Caller caller) {
        caller.post("/v1/idempotency/claims", "{\"key\":\"order-1\"}");
        caller.post(
                "/v1/idempotency/claims/complete",
                "{\"key\":\"order-1\",\"owner\":\"another-owner-of-it-00\",\"response\":{\"status\":200}}");
        caller.post(
                "/v1/rate-limits/settle",
                "{\"holdId\":\"answer-7\",\"actual\":1,\"name\":\"api\",\"subject\":\"ada\",\"limit\":5,\"windowSeconds\":60}");
        var save = "{\"id\":\"order-1\",\"expect\":\"absent\",\"value\":{}}";
        caller.post("/v1/states/save", save);
        caller.post("/v1/states/save", save);
        caller.post("/v1/states/save", "{\"id\":\"order-1\",\"expect\":\"any\",\"value\":{},\"fence\":1}");
        caller.post("/v1/presence/list", "{\"channel\":\"room:42\"}");
        caller.post("/v1/api-keys/verify", "{\"key\":\"unknown\"}");
        var token = caller.post("/v1/sessions", "{\"userId\":\"ada\"}").body().get("token");
        caller.post("/v1/sessions/rotate", "{\"token\":\"%s\",\"graceSeconds\":0}".formatted(token));
        caller.post("/v1/sessions/lookup", "{\"token\":\"%s\"}".formatted(token));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> dashboard() throws IOException {
        return JsonMapper.createDefault()
                .readValue(
                        Files.readAllBytes(DASHBOARDS.resolve("gatehouse.json")),
                        Argument.mapOf(String.class, Object.class));
    }

    private static Map<String, Object> alerts() throws IOException {
        try (var file = Files.newBufferedReader(DASHBOARDS.resolve("alerts.yaml"))) {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(file);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> object, String member) {
        return (List<Map<String, Object>>) object.getOrDefault(member, List.of());
    }

    private static List<Map<String, Object>> rules() throws IOException {
        return list(alerts(), "groups").stream()
                .flatMap(group -> list(group, "rules").stream())
                .toList();
    }

    static List<String> queries() throws IOException {
        var queries = new ArrayList<String>();
        for (var panel : list(dashboard(), "panels")) {
            list(panel, "targets").forEach(target -> queries.add((String) target.get("expr")));
        }
        rules().forEach(rule -> queries.add((String) rule.get("expr")));
        return queries;
    }

    @ParameterizedTest
    @MethodSource("queries")
    void eachQueryUsesExistingMetricsAndLabels(String query) {
        var promQl = PromQl.of(query);

        for (var selector : promQl.selectors()) {
            assertThat(scrape.names()).contains(selector.metric());
            selector.matchers().forEach((label, value) -> requireMatches(selector.metric(), label, value));
            // A counter is useful by its growth only, and a bucket by its share.
            var type = scrape.types().get(scrape.familyOf(selector.metric()));
            if (!type.equals("gauge")) {
                assertThat(query).containsPattern("(rate|increase)\\(" + selector.metric() + "\\b[^)]*\\[");
            }
        }
        for (var label : promQl.groupedBy()) {
            assertThat(promQl.selectors())
                    .as("has a label " + label)
                    .anyMatch(selector -> ADDED.contains(label)
                            || !scrape.values(selector.metric(), label).isEmpty());
        }
    }

    private static void requireMatches(String metric, String label, String matcher) {
        if (ADDED.contains(label)) {
            return;
        }
        var values = scrape.values(metric, label);
        assertThat(values).as("%s has a label %s", metric, label).isNotEmpty();
        if (matcher.startsWith("=~") && !matcher.contains("$")) {
            for (var word : Pattern.compile("\\|").split(matcher.substring(2))) {
                requireKnown(metric, label, word);
            }
        } else if (!matcher.contains("$")) {
            requireKnown(metric, label, matcher.substring(matcher.startsWith("!=") ? 2 : 1));
        }
    }

    /** The server had no internal error. */
    private static void requireKnown(String metric, String label, String value) {
        if (!Set.of("internal-error", "server-error").contains(value)) {
            assertThat(scrape.values(metric, label)).as("%s{%s}", metric, label).contains(value);
        }
    }

    @Test
    void theAlertsCoverTheExpectedConditions() throws IOException {
        assertThat(rules())
                .extracting(rule -> rule.get("alert"))
                .doesNotHaveDuplicates()
                .contains(
                        "GatehouseRedisConnectionFailures",
                        "GatehouseRedisMemoryHigh",
                        "GatehouseRedisSlowCommands",
                        "GatehouseRedisCommandsOver100Millis",
                        "GatehouseClaimLeasesLost",
                        "GatehouseHoldsEnded",
                        "GatehouseCacheLoadsFail",
                        "GatehouseStateConflicts",
                        "GatehousePresenceDegraded",
                        "GatehouseSessionTokenReused",
                        "GatehouseApiKeysInvalid",
                        "GatehouseDegradedDecisions",
                        "GatehousePolicyDeniesMost",
                        "GatehouseCircuitOpen",
                        "GatehouseRedisReplicationLag");
        assertThat(rules()).allSatisfy(rule -> {
            assertThat(rule.keySet()).isSubsetOf("alert", "expr", "for", "labels", "annotations");
            assertThat(rule).containsKeys("alert", "expr", "labels", "annotations");
            assertThat(rule.get("labels").toString()).matches("\\{severity=(warning|critical)}");
            assertThat(rule.get("annotations").toString()).contains("summary=", "description=");
        });
    }

    /** The text of an alert may use only labels that its query keeps. */
    @Test
    void eachAlertUsesExistingLabels() throws IOException {
        for (var rule : rules()) {
            var query = PromQl.of((String) rule.get("expr"));
            var aggregated = Stream.of("sum", "max", "min", "histogram_quantile")
                    .anyMatch(word -> rule.get("expr").toString().contains(word));
            var named = Pattern.compile("\\$labels\\.([a-z_]+)")
                    .matcher(rule.get("annotations").toString())
                    .results()
                    .map(result -> result.group(1))
                    .toList();
            assertThat(aggregated ? query.groupedBy() : ADDED)
                    .as("%s", rule.get("alert"))
                    .containsAll(named);
        }
    }

    @Test
    void panelsHaveTitlesAndDoNotOverlap() throws IOException {
        var panels = list(dashboard(), "panels");
        assertThat(panels).extracting(panel -> panel.get("id")).doesNotHaveDuplicates();
        assertThat(panels)
                .allSatisfy(panel -> assertThat((String) panel.get("title")).isNotBlank());
        var taken = new boolean[200][24];
        for (var panel : panels) {
            @SuppressWarnings("unchecked")
            var place = (Map<String, Integer>) panel.get("gridPos");
            for (int y = place.get("y"); y < place.get("y") + place.get("h"); y++) {
                for (int x = place.get("x"); x < place.get("x") + place.get("w"); x++) {
                    assertThat(taken[y][x])
                            .as("%s at %d, %d", panel.get("title"), x, y)
                            .isFalse();
                    taken[y][x] = true;
                }
            }
        }
        assertThat(Arrays.stream(taken).filter(line -> line[0])).isNotEmpty();
    }

    @Test
    void theVariablesUseExistingLabels() throws IOException {
        @SuppressWarnings("unchecked")
        var variables = list((Map<String, Object>) dashboard().get("templating"), "list");
        var queries = variables.stream()
                .filter(variable -> variable.get("type").equals("query"))
                .map(variable -> (String) variable.get("definition"))
                .toList();
        assertThat(queries).hasSize(2).allSatisfy(query -> {
            var parts = Pattern.compile("label_values\\((\\w+), (\\w+)\\)").matcher(query);
            assertThat(parts.matches()).isTrue();
            assertThat(scrape.names()).contains(parts.group(1));
            assertThat(ADDED.contains(parts.group(2))
                            || !scrape.values(parts.group(1), parts.group(2)).isEmpty())
                    .isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sum(rate(a[5m])",
                "sum(rate(a[5m])))",
                "ratee(a[5m])",
                "a{b=c}",
                "a{b=\"c\"",
                "a[5 minutes]",
                "sum by instance (a)",
                "1 + 1"
            })
    void detectsInvalidQueries(String query) {
        assertThatThrownBy(() -> PromQl.of(query))
                .isInstanceOfAny(AssertionError.class, IndexOutOfBoundsException.class);
    }
}
