// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class JsonObjectTest {

    @Test
    void membersAreWrittenInTheirOrder() {
        assertThat(new JsonObject().text()).isEqualTo("{}");
        assertThat(new JsonObject()
                        .with("b", "x")
                        .with("a", -7)
                        .with("on", true)
                        .withJson("share", "0.10")
                        .withJson("more", new JsonObject().with("\"", "").text())
                        .text())
                .isEqualTo("{\"b\":\"x\",\"a\":-7,\"on\":true,\"share\":0.10,\"more\":{\"\\\"\":\"\"}}");
    }

    @Provide
    Arbitrary<String> wellFormed() {
        return Arbitraries.strings()
                .withCharRange('\u0000', '\ud7ff')
                .withCharRange('\ue000', '\uffff')
                .list()
                .ofMaxSize(3)
                .map(parts -> String.join("\ud83d\ude42", parts));
    }

    @Property
    void everyTextIsReadAsItWasGiven(@ForAll("wellFormed") String name, @ForAll("wellFormed") String value)
            throws IOException {
        try (var parser = new JsonFactory()
                .createParser(new JsonObject().with(name, value).text())) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            assertThat(parser.nextFieldName()).isEqualTo(name);
            assertThat(parser.nextTextValue()).isEqualTo(value);
            assertThat(parser.nextToken()).isEqualTo(JsonToken.END_OBJECT);
            assertThat(parser.nextToken()).isNull();
        }
    }
}
