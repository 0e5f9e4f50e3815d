// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.validation.InvalidArgument;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateValueTest {

    @Test
    void eachMemberKeepsItsText() {
        var value = StateValue.of(
                " { \"a\" : [ 1 , {} ] ,\"b\":1.0 , \"\\u0063\": \"\\u00e9\\n\" , \"d\":-12345678901234567890e-3,\"e\":null }\n");

        assertThat(value.members())
                .isEqualTo(Map.of(
                        "a", "[ 1 , {} ]",
                        "b", "1.0",
                        "c", "\"\\u00e9\\n\"",
                        "d", "-12345678901234567890e-3",
                        "e", "null"));
        assertThat(value.json())
                .isEqualTo(
                        "{\"a\":[ 1 , {} ],\"b\":1.0,\"c\":\"\\u00e9\\n\",\"d\":-12345678901234567890e-3,\"e\":null}");
        assertThat(StateValue.of(value.json())).isEqualTo(value);
        assertThat(StateValue.of("{}").json()).isEqualTo("{}");
    }

    @Test
    void namesAreEscaped() {
        var json = "{\"\\\"\\\\\\n\\u0000é\":\"é😀\"}";
        assertThat(StateValue.of(json).members()).containsOnlyKeys("\"\\\n\0é");
        assertThat(StateValue.of(StateValue.of(json).json())).isEqualTo(StateValue.of(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "{",
                "{\"a\":1",
                "{\"a\":1}}",
                "{} {}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"a\":{\"b\":1,\"b\":2}}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\u0001\"}",
                "{\"a\":tru}",
                "{\"a\":1,}",
                "{\"\\ud800\":1}",
                "{\"a\":\"\ud800\"}",
                "{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}"
            })
    void anythingButOneStrictObjectIsRejected(String json) {
        assertThatThrownBy(() -> StateValue.of("members", json))
                .isInstanceOfSatisfying(InvalidArgument.class, invalid -> assertThat(invalid.field())
                        .isEqualTo("members"));
    }

    @Test
    void theSizeIsBounded() {
        var text = "x".repeat(StateValue.MAX_BYTES - 7);
        assertThat(StateValue.of("{\"a\":\"" + text + "\"}").size()).isEqualTo(StateValue.MAX_BYTES);
        assertThatThrownBy(() -> StateValue.of("{\"a\":\"" + text + "y\"}")).isInstanceOf(InvalidArgument.class);
    }
}
