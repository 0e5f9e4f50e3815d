// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The content of a job: any JSON value. It keeps its text byte for byte.
 *
 * @param json the JSON text
 */
public record JobPayload(String json) {

    /** The maximum length in bytes of UTF-8: 200 KiB. */
    public static final int MAX_BYTES = 200 * 1024;

    /** The maximum depth of nested objects and arrays. */
    public static final int MAX_DEPTH = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_BYTES)
                    .maxNumberLength(MAX_BYTES)
                    .build())
            // Callers choose the names: a shared table of them could be flooded.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /**
     * Checks a JSON text.
     *
     * @throws InvalidArgument of the field {@code payload}, unless {@code json} is one well-formed JSON value within the bounds
     *     of this class
     */
    public static JobPayload of(String json) {
        if (!HashTag.isWellFormed(json)) {
            throw new InvalidArgument("payload", "must be well-formed Unicode");
        }
        var payload = new JobPayload(json);
        if (json.length() > MAX_BYTES || payload.bytes().length > MAX_BYTES) {
            throw new InvalidArgument("payload", "must be at most " + MAX_BYTES + " bytes");
        }
        payload.requireOneValue();
        return payload;
    }

    private void requireOneValue() {
        try (var parser = JSON.createParser(json.toCharArray())) {
            boolean isOne = parser.nextToken() != null;
            parser.skipChildren();
            parser.finishToken();
            if (!isOne || parser.nextToken() != null) {
                throw new InvalidArgument("payload", "must be one JSON value");
            }
        } catch (IOException _) {
            // The message of the parser quotes the text.
            throw new InvalidArgument("payload", "must be well-formed JSON, nested at most " + MAX_DEPTH + " deep");
        }
    }

    byte[] bytes() {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** Leaves out the content, which belongs to the caller. */
    @Override
    public String toString() {
        return "JobPayload[" + json.length() + " characters]";
    }
}
