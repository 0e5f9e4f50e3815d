// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthScheduleTest {

    @ParameterizedTest
    @CsvSource({"'', 60", "0, 0", "' 5 ', 5", "99999, 99999"})
    void readsTheIntervalInSeconds(String text, long seconds) {
        assertThat(HealthSchedule.interval(Map.of("REDIS_HEALTH_CHECK_INTERVAL", text)))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void defaultsToAMinute() {
        assertThat(HealthSchedule.interval(Map.of())).isEqualTo(Duration.ofMinutes(1));
    }
}
