// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.json.JsonMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CacheKeyMapperTest {

    private final CacheKeyMapper mapper = new CacheKeyMapper("scope", JsonMapper.createDefault());

    @Test
    void differentNumbersHaveDifferentKeys() {
        var two53 = BigInteger.ONE.shiftLeft(53);
        var numbers =
                List.<Object>of(1, 1.5, two53, two53.add(BigInteger.ONE), two53.add(BigInteger.TWO), 1e300, -1e300);

        assertThat(numbers.stream().map(number -> mapper.map(List.of(number)))).doesNotHaveDuplicates();
    }

    @Test
    @Timeout(30)
    void aHugeExponentIsNoHugeKey() {
        var huge = new BigDecimal("1e999999999");

        assertThat(mapper.map(List.of(huge))).isNotEqualTo(mapper.map(List.of(huge.negate())));
    }
}
