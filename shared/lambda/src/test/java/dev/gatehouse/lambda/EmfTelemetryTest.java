// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.telemetry.LinkTally;
import dev.gatehouse.telemetry.RedisMetric;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.testkit.logs.EmfLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmfTelemetryTest {

    private static final List<String> KEYS = List.of("gh:{acme:tag}:gcra");

    private final List<String> printed = new ArrayList<>();
    private final LinkTally tally = new LinkTally();
    private final EmfTelemetry lines =
            new EmfTelemetry("dev-rate-limit", tally, () -> 1_700_000_000_123L, line -> printed.add(line.toString()));

    private static RequestFacts facts(String outcome, Source source, String tenant) {
        return new RequestFacts(
                "rate-limit",
                "POST /v1/rate-limits/check",
                outcome,
                200,
                source,
                Duration.ofNanos(1_234_567),
                "request-1",
                tenant);
    }

    private EmfLine emit(RequestFacts request) {
        lines.recordRequest(request);
        return EmfLine.read(printed.getLast());
    }

    private void replyAfter(Duration roundTrip) {
        tally.concluded("gcra", KEYS, new Answered<>("ok"), roundTrip.toNanos());
    }

    @Test
    void printsADecisionOfRedisAsOneLineWithItsDurations() {
        replyAfter(Duration.ofNanos(712_999));

        var line = emit(facts("ok", Source.REDIS, "acme"));

        assertThat(printed).hasSize(1).first().asString().doesNotContain("\n");
        assertThat(printed.getFirst()).contains("\"Timestamp\":1700000000123");
        assertThat(line.value("Requests")).isEqualTo(1);
        assertThat(line.value("Duration")).isEqualTo(1.234);
        assertThat(line.value("RedisRoundTrip")).isEqualTo(0.712);
        assertThat(line.value("RedisFailures")).isZero();
        assertThat(line.value("Degraded")).isZero();
        assertThat(line.value("CircuitOpened")).isZero();
        assertThat(line.members())
                .containsEntry("FunctionName", "dev-rate-limit")
                .containsEntry("Outcome", "ok")
                .containsEntry("function", "rate-limit")
                .containsEntry("route", "POST /v1/rate-limits/check")
                .containsEntry("source", "redis")
                .containsEntry("requestId", "request-1")
                .containsEntry("tenant", "acme")
                .containsEntry("status", 200);
    }

    @Test
    void thePartsOfARequestAreCountedInItsLineOnly() {
        lines.count("cache.lookups", "fresh");
        lines.count("cache.lookups", "fresh");
        lines.count("cache.fills", "taken");

        var line = emit(facts("ok", Source.REDIS, "acme"));
        assertThat(line.value("CacheLookupsFresh")).isEqualTo(2);
        assertThat(line.value("CacheFillsTaken")).isEqualTo(1);
        assertThat(line.value("Requests")).isEqualTo(1);
        assertThat(line.dimensions()).containsEntry("CacheLookupsFresh", Set.of(List.of("FunctionName")));
        assertThat(emit(facts("ok", Source.REDIS, "acme")).metrics()).doesNotContainKey("CacheLookupsFresh");
    }

    @Test
    void labelledPartsHaveADimensionAndOneValueOfItALine() {
        var denied = lines.counter("policy.checks", "shadow-denied", "policy", "free");
        lines.counter("policy.checks", "allowed", "policy", "paid").increment();
        denied.increment();
        denied.increment();
        lines.count("cache.lookups", "fresh");

        lines.recordRequest(facts("ok", Source.REDIS, "acme"));

        assertThat(printed).hasSize(2);
        var request = EmfLine.read(printed.getFirst());
        assertThat(request.value("Requests")).isEqualTo(1);
        assertThat(request.value("CacheLookupsFresh")).isEqualTo(1);
        assertThat(request.value("PolicyChecksShadowDenied")).isEqualTo(2);
        assertThat(request.members()).containsEntry("Policy", "free");
        assertThat(request.dimensions())
                .containsEntry("PolicyChecksShadowDenied", Set.of(List.of("FunctionName", "Policy")))
                .containsEntry("CacheLookupsFresh", Set.of(List.of("FunctionName")));
        var other = EmfLine.read(printed.getLast());
        assertThat(other.metrics()).containsOnlyKeys("PolicyChecksAllowed");
        assertThat(other.members())
                .containsEntry("Policy", "paid")
                .containsEntry("requestId", "request-1")
                .containsEntry("FunctionName", "dev-rate-limit");
        assertThat(emit(facts("ok", Source.REDIS, "acme")).members()).doesNotContainKey("Policy");
    }

    @Test
    void hasFewDimensionsAndNoneForACaller() {
        var line = emit(facts("ok", Source.REDIS, "acme"));

        assertThat(line.dimensions()).allSatisfy((metric, sets) -> assertThat(sets)
                .isEqualTo(
                        metric.equals("Requests")
                                ? Set.of(List.of("FunctionName", "Outcome"))
                                : Set.of(List.of("FunctionName"))));
    }

    @Test
    void countsADecisionWithoutRedisAsDegradedAndOmitsTheRoundTrip() {
        tally.concluded("gcra", KEYS, new NotSent<>(FailureReason.CIRCUIT_OPEN), 0);
        tally.circuit(CircuitState.OPEN);
        tally.circuit(CircuitState.HALF_OPEN);
        tally.circuit(CircuitState.OPEN);

        var line = emit(facts("ok", Source.LOCAL, "acme"));

        assertThat(line.value("Degraded")).isEqualTo(1);
        assertThat(line.value("RedisRoundTrip")).isNull();
        assertThat(line.value("RedisFailures")).isEqualTo(1);
        assertThat(line.value("CircuitOpened")).isEqualTo(2);
        assertThat(line.members())
                .containsEntry("source", "local")
                .containsEntry("circuit", "open half-open open")
                .doesNotContainKey("RedisRoundTrip");
    }

    @Test
    void countsOnlyTheFirstRequestAsAColdStart() {
        assertThat(emit(facts("ok", null, null)).value("ColdStart")).isEqualTo(1);
        assertThat(emit(facts("ok", null, null)).value("ColdStart")).isZero();
    }

    @Test
    void resetsTheTallyAfterEachRequest() {
        replyAfter(Duration.ofMillis(2));
        tally.circuit(CircuitState.CLOSED);
        emit(facts("ok", Source.REDIS, "acme"));

        var next = emit(facts("ok", Source.REDIS, "acme"));

        assertThat(next.value("RedisRoundTrip")).isNull();
        assertThat(next.members()).doesNotContainKey("circuit");
    }

    @Test
    void printsTheLatestHundredRoundTrips() {
        for (int i = 1; i <= 250; i++) {
            replyAfter(Duration.ofMillis(i));
        }

        assertThat(emit(facts("ok", Source.REDIS, "acme")).metrics().get("RedisRoundTrip"))
                .hasSize(100)
                .startsWith(151.0, 152.0)
                .endsWith(249.0, 250.0);
    }

    @Test
    void omitsAnUnknownTenant() {
        assertThat(emit(facts("unauthenticated", null, null)).members())
                .doesNotContainKey("tenant")
                .containsEntry("source", "none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"b\\c", "line\nbreak\r\t", "\u0000\u001f\u007f", "ü €", "😀", "\u2028"})
    void printsAnyTextAsOneLineOfJson(String requestId) {
        var line = emit(new RequestFacts("other", "none", "ok", 200, null, Duration.ZERO, requestId, null));

        assertThat(printed.getFirst().lines()).hasSize(1);
        assertThat(line.members()).containsEntry("requestId", requestId);
    }

    @Test
    void printsAMetricForEachKnownFigureOfACheck() {
        lines.recordCheck(RedisMetricValues.NONE
                .with(RedisMetric.MEMORY_USED_BYTES, 1_048_576L)
                .with(RedisMetric.REPLICATION_LAG_BYTES, null)
                .with(RedisMetric.SLOWLOG_LENGTH, 3L));

        var line = EmfLine.read(printed.getFirst());
        assertThat(line.metrics()).containsOnlyKeys("RedisMemoryUsedBytes", "RedisSlowlogLength");
        assertThat(line.value("RedisMemoryUsedBytes")).isEqualTo(1_048_576);
    }

    @Test
    void printsTheUsedShareOfLimitedMemory() {
        lines.recordCheck(RedisMetricValues.NONE
                .with(RedisMetric.MEMORY_USED_BYTES, 850L)
                .with(RedisMetric.MEMORY_MAX_BYTES, 1_000L));

        assertThat(EmfLine.read(printed.getFirst()).value("RedisMemoryPercent")).isEqualTo(85);
    }

    @Test
    void printsNothingForACheckWithoutFigures() {
        lines.recordCheck(RedisMetricValues.NONE);

        assertThat(printed).isEmpty();
    }
}
