// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

    private static final String W3C = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String AMAZON = "1-5759e988-bd862e3fe1be46a994272793";

    private static String traceId(Map<String, String> headers) {
        return TraceContext.of("r-1", headers::get).traceId();
    }

    @Test
    void readsTheTraceIdOfEitherHeaderAndPrefersTheStandard() {
        var amazon = "Root=" + AMAZON + ";Parent=53995c3f42cd8ad8;Sampled=1";
        var w3c = "00-" + W3C + "-00f067aa0ba902b7-01";

        assertThat(traceId(Map.of("traceparent", w3c))).isEqualTo(W3C);
        assertThat(traceId(Map.of("traceparent", "cc" + w3c.substring(2) + "-what-the-future-adds")))
                .isEqualTo(W3C);
        assertThat(traceId(Map.of("X-Amzn-Trace-Id", amazon))).isEqualTo(AMAZON);
        assertThat(traceId(Map.of("X-Amzn-Trace-Id", "Self=1-67891234-12456789abcdef012345678;Root=" + AMAZON)))
                .isEqualTo(AMAZON);
        assertThat(traceId(Map.of("X-Amzn-Trace-Id", amazon, "traceparent", w3c)))
                .isEqualTo(W3C);
        assertThat(traceId(Map.of("X-Amzn-Trace-Id", amazon, "traceparent", "broken")))
                .isEqualTo(AMAZON);
        assertThat(traceId(Map.of())).isNull();
    }

    /** The header is the caller's, so that anything else could forge a log line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\nforged",
                "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
                "Root=1-5759e988-bd862e3fe1be46a99427279",
                "Root=secret",
                "Root=1-5759e988-bd862e3fe1be46a994272793\n"
            })
    void ignoresAMalformedHeader(String value) {
        assertThat(traceId(Map.of("traceparent", value))).isNull();
        assertThat(traceId(Map.of("X-Amzn-Trace-Id", value))).isNull();
    }

    @Test
    void ignoresAnOverlongHeader() {
        assertThat(traceId(Map.of("X-Amzn-Trace-Id", "a=b;".repeat(200) + "Root=" + AMAZON)))
                .isNull();
    }
}
