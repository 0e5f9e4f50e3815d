// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The common parts of the handlers for {@code POST /v1/rate-limits/check}: script, body, metrics. */
final class RateLimitCheck {

    static final JsonFactory JSON = new JsonFactory();
    static final String EMISSION_INTERVAL_MICROS = "1";
    static final String TOLERANCE_MICROS = "1000000";

    private RateLimitCheck() {}

    /** Returns the first subject in the request's body. */
    static String subject(String body) {
        try (var parser = JSON.createParser(body)) {
            return text(parser, "subject");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the text of the next member with this name, at any depth. */
    static String text(JsonParser parser, String name) throws IOException {
        while (parser.nextToken() != null) {
            if (name.equals(parser.currentName()) && parser.nextToken().isScalarValue()) {
                return parser.getText();
            }
        }
        throw new IllegalArgumentException("no " + name);
    }

    /** Prints one line of embedded metrics and returns the response's body. */
    static String respond(boolean allowed, long startNanos) {
        System.out.println("{\"_aws\":{\"Timestamp\":" + System.currentTimeMillis()
                + ",\"CloudWatchMetrics\":[{\"Namespace\":\"Peer\",\"Dimensions\":[[\"FunctionName\"]],\"Metrics\":"
                + "[{\"Name\":\"Duration\",\"Unit\":\"Milliseconds\"},{\"Name\":\"Denied\",\"Unit\":\"Count\"}]}]},"
                + "\"FunctionName\":\"peer\",\"Duration\":" + (System.nanoTime() - startNanos) / 1_000_000
                + ",\"Denied\":" + (allowed ? 0 : 1) + "}");
        return "{\"allowed\":" + allowed + "}";
    }

    static String script() {
        try (var file = requireNonNull(RateLimitCheck.class.getResourceAsStream("/gcra.lua"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
