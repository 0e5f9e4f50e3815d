// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.method;

import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.validation.InvalidArgument;
import io.micronaut.json.JsonMapper;
import io.micronaut.json.tree.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Maps objects to the keys of a scope: a short text to itself, any other to its JSON. */
public final class CacheKeyMapper {

    private static final BigDecimal MAX_INTEGER = BigDecimal.valueOf(1L << 53);

    /** More zeros than these are written as an exponent. A double has up to 308. */
    private static final int MAX_ZEROS = 400;

    private final Optional<String> scope;
    private final JsonMapper json;

    public CacheKeyMapper(String scope, JsonMapper json) {
        this.scope = Optional.of(scope);
        this.json = json;
    }

    /**
     * Returns the key of an object.
     *
     * @throws IllegalArgumentException if it has no canonical form
     */
    public CacheKey map(Object key) {
        if (key instanceof CharSequence text && InvalidArgument.isVisible(text, 1, CacheKey.MAX_LENGTH)) {
            return CacheKey.of(scope, text.toString());
        }
        try {
            var tree = json.writeValueToTree(key);
            return CacheKey.ofJson(
                    scope, new String(json.writeValueAsBytes(withSmallIntegers(tree)), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces integers that a double cannot represent by an object, because keys must not have such integers. */
    private static JsonNode withSmallIntegers(JsonNode node) {
        if (node.isArray()) {
            var values = new ArrayList<JsonNode>();
            node.values().forEach(value -> values.add(withSmallIntegers(value)));
            return JsonNode.createArrayNode(values);
        }
        if (node.isObject()) {
            var members = new LinkedHashMap<String, JsonNode>();
            node.entries().forEach(entry -> members.put(entry.getKey(), withSmallIntegers(entry.getValue())));
            return JsonNode.createObjectNode(members);
        }
        if (!node.isNumber() || node.getBigDecimalValue().abs().compareTo(MAX_INTEGER) <= 0) {
            return node;
        }
        var value = node.getBigDecimalValue();
        var text = value.scale() < -MAX_ZEROS ? value.toString() : value.toPlainString();
        return JsonNode.createObjectNode(Map.of("integer", JsonNode.createStringNode(text)));
    }
}
