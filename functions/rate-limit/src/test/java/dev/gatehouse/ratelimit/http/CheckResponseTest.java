// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckResponseTest {

    private static final LimitedSubject ASKED = new LimitedSubject(Limit.of("api", 1, 60), "ada", 1);

    @ParameterizedTest
    @CsvSource({
        "PT0.000001S, 1",
        "PT0.001S, 1",
        "PT0.999S, 1",
        "PT1S, 1",
        "PT1.000001S, 2",
        "PT1.001S, 2",
        "PT59.999S, 60"
    })
    void retryAfterIsRoundedUp(Duration wait, String seconds) {
        var check = new Check(List.of(ASKED), Mode.ALL);
        var decision = new CheckDecision(false, List.of(new Denied(0, wait, wait)));

        var response = CheckResponse.to(check, false, new Decided<>(decision, Source.REDIS));

        assertThat(response.code()).isEqualTo(429);
        assertThat(response.getHeaders().get("Retry-After")).isEqualTo(seconds);
        assertThat(response.getHeaders().get("RateLimit")).isEqualTo("\"api\";r=0;t=" + seconds);
    }

    @Test
    void retryAfterIsTheLongestOfAllDenials() {
        var other = new LimitedSubject(Limit.of("mail", 1, 60), "ada", 1);
        var third = new LimitedSubject(Limit.of("day", 9, 86_400), "ada", 1);
        var check = new Check(List.of(ASKED, other, third), Mode.ALL);
        var decision = new CheckDecision(
                false,
                List.of(
                        new Denied(0, Duration.ofSeconds(9), Duration.ofMillis(999)),
                        new Denied(0, Duration.ofSeconds(9), Duration.ofMillis(1_001)),
                        new Allowed(1, Duration.ofHours(9))));

        var response = CheckResponse.to(check, false, new Decided<>(decision, Source.LOCAL));

        assertThat(response.getHeaders().get("Retry-After")).isEqualTo("2");
        assertThat(response.getHeaders().get("Gatehouse-Source")).isEqualTo("local");
    }
}
