// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import io.micronaut.json.JsonMapper;
import io.micronaut.json.tree.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * An event with records.
 *
 * @param records its records, in order
 */
record SourceEvent(List<JsonNode> records) {

    private static final JsonMapper MAPPER = JsonMapper.createDefault();

    static SourceEvent parse(String json) {
        try {
            var records = MAPPER.readValue(json, JsonNode.class).get("Records").values();
            return new SourceEvent(
                    StreamSupport.stream(records.spliterator(), false).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the JSON that AWS documents for a source, such as {@code sns}. */
    static String documented(String source) {
        try (var json = SourceEvent.class.getResourceAsStream("/dev/gatehouse/idempotency/batch/" + source + ".json")) {
            return new String(json.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the JSON of an event of a queue. The body of each message is its id, too. */
    static String queued(List<String> bodies) {
        var records = bodies.stream()
                .map(body -> Map.of(
                        "messageId", body, "body", body, "eventSourceARN", "arn:aws:sqs:us-east-2:123456789012:orders"))
                .toList();
        return json(records);
    }

    /** Returns the JSON of an event with the records of these indexes. */
    String with(int... indexes) {
        return json(IntStream.of(indexes).mapToObj(records::get).toList());
    }

    private static String json(List<?> records) {
        try {
            return MAPPER.writeValueAsString(Map.of("Records", records));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
