// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.health.Warning;
import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class CheckedConditionTest {

    /** An operation that Redis refuses is a check of its own. */
    @Test
    void eachTroubleIsFoundByOneCondition() {
        var warnings = Arrays.stream(CheckedCondition.values())
                .flatMap(condition -> condition.warnings().stream())
                .toList();
        assertThat(warnings)
                .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(Warning.Type.REFUSING)));
    }
}
