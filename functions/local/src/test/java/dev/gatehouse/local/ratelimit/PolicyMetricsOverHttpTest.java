// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Scrape;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.Threads;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Verifies the metrics of decisions by stored policy. */
class PolicyMetricsOverHttpTest {

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    @Test
    void countsDecisionsByStoredPolicyAndBoundsTheNames() throws Exception {
        try (var own = TestServer.start("USE_REDIS", "false")) {
            var demo = TestServer.caller(own);
            var other = TestServer.otherCaller(own);
            for (var tenant : List.of(demo, other)) {
                tenant.call("PUT", "/v1/rate-limits/policies/free", json("{'limit':5,'windowSeconds':3600}"));
                var shadow = json("{'limit':1,'windowSeconds':3600,'shadow':true}");
                tenant.call("PUT", "/v1/rate-limits/policies/trial", shadow);
            }
            for (int i = 0; i < 7; i++) {
                demo.check(policies(List.of("free")));
            }
            demo.check(policies(List.of("trial")));
            demo.check(policies(List.of("trial")));
            other.check(policies(List.of("free")));
            var inline = json("{'limits':[{'name':'inline','subject':'ada','limit':1,'windowSeconds':60}]}");
            other.check(inline);
            other.check(inline);

            assertThat(checks(demo, "free", "allowed")).isEqualTo(6);
            assertThat(checks(demo, "free", "denied")).isEqualTo(2);
            assertThat(checks(demo, "trial", "shadow-denied")).isEqualTo(1);
            assertThat(scrape(demo)
                            .value("gatehouse_policy_usage_total", Map.of("policy", "free", "outcome", "near-limit")))
                    .isEqualTo(2);
            assertThat(scrape(demo).values("gatehouse_policy_checks_total", "policy"))
                    .containsOnly("free", "trial", "other");

            var names = IntStream.range(0, 1_010).mapToObj(i -> "many-" + i).toList();
            Threads.together(8, thread -> {
                for (int i = thread; i < names.size(); i += 8) {
                    var body = json("{'limit':5,'windowSeconds':3600}");
                    (i < 900 ? demo : other).call("PUT", "/v1/rate-limits/policies/" + names.get(i), body);
                }
            });
            for (int i = 0; i < names.size(); i += 10) {
                assertThat((i < 900 ? demo : other)
                                .check(policies(names.subList(i, i + 10)))
                                .status())
                        .isEqualTo(200);
            }

            assertThat(scrape(demo).values("gatehouse_policy_checks_total", "policy"))
                    .hasSize(1_001);
            assertThat(checks(demo, "other", "allowed")).isEqualTo(12);
        }
    }

    private static String policies(List<String> names) {
        return names.stream()
                .map(policy -> json("{'policy':'%s','subject':'ada'}".formatted(policy)))
                .collect(Collectors.joining(",", "{\"limits\":[", "]}"));
    }

    private static Scrape scrape(Caller caller) {
        return Scrape.of(caller.send(caller.anonymous("/metrics")).text());
    }

    private static double checks(Caller caller, String policy, String outcome) {
        return scrape(caller).value("gatehouse_policy_checks_total", Map.of("policy", policy, "outcome", outcome));
    }
}
