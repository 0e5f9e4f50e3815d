// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.telemetry.JsonLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the function's routes the requests in {@value #RESOURCE}, one a line: {@code POST /path 201 {"its":"body"}}. It has beans
 * of its own, with one caller, and closes them afterwards, so that only loaded and compiled code remains.
 */
final class RoutePriming {

    private static final Logger LOG = LoggerFactory.getLogger(RoutePriming.class);

    private static final String RESOURCE = "META-INF/gatehouse/priming";
    private static final String API_KEY = "priming";
    private static final String API_KEYS = "priming=a8bb69cf056631ac6fc0c094a6af96db6899fcf4894ca1b8631261cba6358661";

    /** An event of payload format 2.0, and the status of the expected response. */
    private record Request(String event, String status) {}

    private RoutePriming() {}

    static void run() {
        var requests = requests();
        var builder = FunctionContext.primingBuilder()
                .properties(Map.of(
                        "gatehouse.service", "true", "gatehouse.auth", "api-key", "gatehouse.api-keys", API_KEYS));
        try (var context = builder.start()) {
            var handler = new HttpApiHandler(context);
            for (int time = 0; time < Snapshot.PRIMING_RUNS; time++) {
                requests.forEach(request -> send(request, handler));
            }
        }
    }

    private static List<Request> requests() {
        try (var lines = RoutePriming.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            return new String(Objects.requireNonNull(lines, RESOURCE).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(RoutePriming::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Request parse(String line) {
        var words = line.split(" ", 4);
        var http = new JsonLine().text("method", words[0]).text("path", words[1]);
        var event = new JsonLine()
                .text("version", "2.0")
                .json(
                        "headers",
                        new JsonLine().text("content-type", "application/json").text("x-api-key", API_KEY))
                .json(
                        "requestContext",
                        new JsonLine().text("requestId", "priming").json("http", http))
                .text("body", words.length < 4 ? "" : words[3])
                .flag("isBase64Encoded", false);
        return new Request(event.toString(), words[2]);
    }

    private static void send(Request request, HttpApiHandler handler) {
        try {
            var out = new ByteArrayOutputStream();
            handler.handleRequest(new ByteArrayInputStream(request.event.getBytes(StandardCharsets.UTF_8)), out, null);
            var response = out.toString(StandardCharsets.UTF_8);
            if (!response.contains("\"statusCode\":" + request.status)) {
                LOG.warn("The response to a priming request was {}", response);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
