// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import io.micronaut.json.JsonMapper;
import io.micronaut.json.tree.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.TreeMap;

/**
 * Converts the values of expressions to the texts of keys and fingerprints: a text, number or boolean to itself, any other to
 * its JSON with sorted members.
 */
record ExpressionText(JsonMapper json) {

    private static final String DIGEST = "sha256:";

    /**
     * Returns the text of {@code value}; {@code sha256:} and its digest if it is not visible ASCII or too long.
     *
     * @throws InvalidArgument if it is not well-formed Unicode
     */
    String of(String field, Object value, int maxLength) {
        var text = value instanceof CharSequence ? value.toString() : textOf(value);
        if (InvalidArgument.isVisible(text, 1, maxLength) && !text.startsWith(DIGEST)) {
            return text;
        }
        if (!HashTag.isWellFormed(text)) {
            throw new InvalidArgument(field, "must be well-formed Unicode");
        }
        return DIGEST + Sha256.base64Url(text.getBytes(StandardCharsets.UTF_8));
    }

    private String textOf(Object value) {
        try {
            var tree = json.writeValueToTree(value);
            return tree.isValueNode()
                    ? tree.coerceStringValue()
                    : new String(json.writeValueAsBytes(sorted(tree)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isArray()) {
            var values = new ArrayList<JsonNode>();
            node.values().forEach(value -> values.add(sorted(value)));
            return JsonNode.createArrayNode(values);
        }
        if (node.isObject()) {
            var members = new TreeMap<String, JsonNode>();
            node.entries().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
            return JsonNode.createObjectNode(members);
        }
        return node;
    }
}
