// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.telemetry.TraceContext;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests the counts by the name of a stored policy. */
class PolicyCountersTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Denied DENIED = new Denied(0, MINUTE, MINUTE);

    /** Counts by label value, counter and outcome. */
    private static final class CountingTelemetry implements Telemetry {

        final Map<String, Map<String, AtomicLong>> counts = new ConcurrentHashMap<>();

        @Override
        public EventCounter counter(String counter, String outcome, String label, String value) {
            assertThat(label).isEqualTo("policy");
            var count = new AtomicLong();
            var other = counts.computeIfAbsent(value, _ -> new ConcurrentHashMap<>())
                    .put(counter + " " + outcome, count);
            assertThat(other).as("the counter is created once").isNull();
            return count::incrementAndGet;
        }

        Map<String, Long> of(String policy) {
            var found = new HashMap<String, Long>();
            counts.getOrDefault(policy, Map.of()).forEach((name, count) -> {
                if (count.get() > 0) {
                    found.put(name, count.get());
                }
            });
            return found;
        }

        @Override
        public void recordRequest(RequestFacts request) {}

        @Override
        public void recordCheck(RedisMetricValues redis) {}
    }

    private final CountingTelemetry telemetry = new CountingTelemetry();
    private final LimitReporter reporter = new LimitReporter(telemetry);

    private void report(Limit limit, LimitDecision decision) {
        report(limit, 1, decision, true);
    }

    private void report(Limit limit, long cost, LimitDecision decision, boolean isStored) {
        reporter.report(
                "acme",
                new Check(List.of(new LimitedSubject(limit, "ada", cost)), Mode.ALL),
                new CheckDecision(!(decision instanceof Denied), List.of(decision)),
                _ -> isStored,
                () -> new TraceContext("request-1", null));
    }

    @Test
    void countsDecisionsByPolicy() {
        var free = Limit.of("free", 10, 60);
        report(free, new Allowed(9, MINUTE));
        report(free, new Allowed(8, MINUTE));
        report(free, DENIED);
        report(Limit.of("trial", 10, 60).inShadow(), new WouldDeny(0, MINUTE, MINUTE));

        assertThat(telemetry.of("free")).isEqualTo(Map.of("policy.checks allowed", 2L, "policy.checks denied", 1L));
        assertThat(telemetry.of("trial")).isEqualTo(Map.of("policy.checks shadow-denied", 1L));
    }

    @Test
    void countsAllowedChecksNearTheLimit() {
        var burst = new Limit("burst", 100, 60, 10);
        for (long remaining : new long[] {10, 5, 3}) {
            report(burst, new Allowed(remaining, MINUTE));
        }
        assertThat(telemetry.of("burst")).doesNotContainKey("policy.usage near-limit");
        for (long remaining : new long[] {2, 1, 0}) {
            report(burst, new Allowed(remaining, MINUTE));
        }
        report(burst, DENIED);
        report(Limit.unlimited("unlimited"), new Allowed(Limit.MAX_UNITS, Duration.ZERO));

        assertThat(telemetry.of("burst"))
                .isEqualTo(
                        Map.of("policy.checks allowed", 6L, "policy.checks denied", 1L, "policy.usage near-limit", 3L));
        assertThat(telemetry.of("unlimited")).isEqualTo(Map.of("policy.checks allowed", 1L));
    }

    @Test
    void countsNeitherInlineLimitsNorReads() {
        report(Limit.of("inline", 10, 60), 1, DENIED, false);
        report(Limit.of("read", 10, 60), 0, new Allowed(0, MINUTE), true);

        assertThat(telemetry.counts).containsOnlyKeys(PolicyCounters.OTHER);
        assertThat(telemetry.of(PolicyCounters.OTHER)).isEmpty();
    }

    @Test
    void hasAtMostAThousandNamesUnderLoad() throws Exception {
        int names = PolicyCounters.MAX_NAMES + 200;
        Threads.together(8, thread -> {
            for (int i = 0; i < names; i++) {
                report(Limit.of("policy-" + (i + thread * 100) % names, 10, 60), new Allowed(9, MINUTE));
            }
        });

        assertThat(telemetry.counts).hasSize(PolicyCounters.MAX_NAMES + 1);
        assertThat(telemetry.of(PolicyCounters.OTHER)).isEqualTo(Map.of("policy.checks allowed", 8L * 200));
        telemetry.counts.keySet().stream()
                .filter(name -> !name.equals(PolicyCounters.OTHER))
                .forEach(name -> assertThat(telemetry.of(name)).isEqualTo(Map.of("policy.checks allowed", 8L)));
    }
}
