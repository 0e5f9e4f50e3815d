// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Gcra;
import dev.gatehouse.ratelimit.algorithm.Algorithm.SlidingWindow;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class LimitTest {

    private static final Limit LIMIT = new Limit("api", 10, new Gcra(60L, 10), false, FallbackPolicy.CLOSED);

    /** Limits that differ from {@link #LIMIT} in one component. */
    static final Limit[] OTHERS = {
        new Limit("web", 10, new Gcra(60L, 10), false, FallbackPolicy.CLOSED),
        new Limit("api", 11, new Gcra(60L, 10), false, FallbackPolicy.CLOSED),
        new Limit("api", 10, new Gcra(61L, 10), false, FallbackPolicy.CLOSED),
        new Limit("api", 10, new Gcra(60L, 9), false, FallbackPolicy.CLOSED),
        new Limit("api", 10, new SlidingWindow(60L), false, FallbackPolicy.CLOSED),
        new Limit("api", 10, new Gcra(60L, 10), true, FallbackPolicy.CLOSED),
        new Limit("api", 10, new Gcra(60L, 10), false, FallbackPolicy.OPEN),
        new Limit("api", 10, new Gcra(60L, 10), false, null),
        new Limit("api", 10, new Gcra(60L, 10), false, FallbackPolicy.CLOSED, 1)
    };

    @Test
    void limitsWithTheSameComponentsAreEqual() {
        var same = new Limit(String.valueOf("api".toCharArray()), 10, new Gcra(60L, 10), false, FallbackPolicy.CLOSED);

        assertThat(same).isEqualTo(LIMIT).hasSameHashCodeAs(LIMIT);
    }

    /** Otherwise one would be counted as the other. */
    @ParameterizedTest
    @FieldSource("OTHERS")
    void limitsDifferByEachComponent(Limit other) {
        assertThat(other).isNotEqualTo(LIMIT);
        assertThat(LIMIT).isNotEqualTo(other);
    }

    /** Fails if a component is added and not compared. */
    @Test
    void everyComponentIsCompared() {
        assertThat(Arrays.stream(Limit.class.getRecordComponents()).map(component -> component.getName()))
                .containsExactly("name", "limit", "algorithm", "shadow", "whenDown", "blockSeconds");
    }
}
