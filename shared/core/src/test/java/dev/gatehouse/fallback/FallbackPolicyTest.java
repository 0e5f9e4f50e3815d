// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import static dev.gatehouse.fallback.FallbackPolicy.CLOSED;
import static dev.gatehouse.fallback.FallbackPolicy.LOCAL;
import static dev.gatehouse.fallback.FallbackPolicy.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.InvalidSetting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class FallbackPolicyTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  "})
    void isTheDefaultIfTheSettingIsUnsetOrBlank(String value) {
        assertThat(FallbackPolicy.of("X_WHEN_DOWN", value, CLOSED, LOCAL)).isEqualTo(CLOSED);
        assertThat(FallbackPolicy.of("X_WHEN_DOWN", value, LOCAL, CLOSED)).isEqualTo(LOCAL);
    }

    @Test
    void isTheOneThatTheSettingNamesIfItIsAllowed() {
        assertThat(FallbackPolicy.of("X_WHEN_DOWN", " open ", LOCAL, OPEN)).isEqualTo(OPEN);
        assertThatThrownBy(() -> FallbackPolicy.of("X_WHEN_DOWN", "open", CLOSED, LOCAL))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("X_WHEN_DOWN must be closed or local");
    }
}
