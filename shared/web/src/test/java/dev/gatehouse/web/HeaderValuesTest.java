// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Values of headers and bodies in their written form. */
class HeaderValuesTest {

    @Test
    void aStructuredStringIsEscaped() {
        assertThat(StructuredField.string("a\"b\\c\r\nü").with("q", 100).with("w", 60))
                .hasToString("\"a\\\"b\\\\c\";q=100;w=60");
    }

    @Test
    void aStructuredStringIsReadBareOrQuoted() {
        assertThat(StructuredField.stringOf(" bare ")).isEqualTo("bare");
        assertThat(StructuredField.stringOf("ba\"re")).isEqualTo("ba\"re");
        assertThat(StructuredField.stringOf("\"quoted\" ")).isEqualTo("quoted");
        assertThat(StructuredField.stringOf("\"a\\\"b\\\\c\"")).isEqualTo("a\"b\\c");
        assertThat(StructuredField.stringOf("\"\"")).isEmpty();
        for (var malformed : new String[] {"\"", "\"a", "\"a\"b", "\"a\\", "\"a\\b\"", "\"a\\\""}) {
            assertThat(StructuredField.stringOf(malformed)).as(malformed).isNull();
        }
    }

    @Test
    void secondsAreRoundedUp() {
        assertThat(Seconds.roundedUp(Duration.ZERO)).hasToString("0");
        assertThat(Seconds.roundedUp(Duration.ofNanos(1000))).hasToString("1");
        assertThat(Seconds.roundedUp(Duration.ofSeconds(2))).hasToString("2");
        assertThat(Seconds.roundedUp(Duration.ofMillis(2001))).hasToString("3");
    }

    @Test
    void aTimestampHasItsMillisecondsAlways() {
        assertThat(new Timestamp(Instant.EPOCH)).hasToString("1970-01-01T00:00:00.000Z");
        assertThat(new Timestamp(Instant.EPOCH.plusNanos(1_999_999))).hasToString("1970-01-01T00:00:00.001Z");
    }

    @Test
    void theGatewaysRequestIdComesFirst() {
        assertThat(RequestId.of("gateway", "caller")).hasToString("gateway");
        assertThat(RequestId.of(null, "caller")).hasToString("caller");
        assertThat(RequestId.of("bad id", "x".repeat(128))).hasToString("x".repeat(128));
        assertThat(RequestId.of(null, "a\nb").value()).hasSize(36);
        assertThat(RequestId.of(null, null)).isNotEqualTo(RequestId.of(null, null));
    }
}
