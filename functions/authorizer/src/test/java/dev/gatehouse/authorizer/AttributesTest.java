// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Attributes.Attribute;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            nullValues = "-",
            value = {
                "\"admin\"|admin",
                "\"\\u0061\\\"\\n\"|'a\"\n'",
                "\"ü\"|ü",
                "\"null\"|null",
                "\"\"|''",
                "12.50|12.50",
                "true|true",
                "[1, 2]|[1, 2]",
                "null|-",
                "\"open|-"
            })
    void returnsAMemberAsText(String json, String text) {
        assertThat(new Attributes(Map.of("name", new Attribute.Value(json))).text("name"))
                .isEqualTo(text);
    }

    @Test
    void hasNoTextOfAnObjectOrAnAbsentMember() {
        var attributes = new Attributes(Map.of("object", new Attribute.Members(Map.of())));
        assertThat(attributes.text("object")).isNull();
        assertThat(attributes.text("other")).isNull();
    }
}
