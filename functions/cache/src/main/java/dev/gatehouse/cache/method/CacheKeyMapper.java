package dev.gatehouse.cache.method;

import dev.gatehouse.cache.CacheKey;
import io.micronaut.json.JsonMapper;
import io.micronaut.json.tree.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Maps objects to the keys of a scope: a short text to itself, any other to its JSON. */
public final class CacheKeyMapper {

    private static final BigInteger MAX_INTEGER = BigInteger.ONE.shiftLeft(53);

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
        if (key instanceof CharSequence text && isPlain(text)) {
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

    private static boolean isPlain(CharSequence text) {
        return text.length() > 0
                && text.length() <= CacheKey.MAX_LENGTH
                && text.chars().allMatch(character -> character >= '!' && character <= '~');
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
        return node.isNumber() && node.getBigIntegerValue().abs().compareTo(MAX_INTEGER) > 0
                ? JsonNode.createObjectNode(Map.of(
                        "integer",
                        JsonNode.createStringNode(node.getBigDecimalValue().toPlainString())))
                : node;
    }
}
