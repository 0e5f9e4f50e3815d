package dev.gatehouse.session;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a team keeps with a session, or a merge patch to it: a JSON object whose values are kept letter for letter, so that
 * no number loses a digit.
 *
 * @param members in no order that is kept
 */
public record Attributes(Map<String, Attribute> members) {

    /** Of an object within objects, and so on. */
    public static final int MAX_DEPTH = 8;

    /** Of all of it, as it is stored. */
    public static final int MAX_BYTES = 4096;

    public static final Attributes NONE = new Attributes(Map.of());

    /** A member's value. */
    public sealed interface Attribute {

        /**
         * A text, number, truth value, null or array.
         *
         * @param json its JSON text
         */
        record Value(String json) implements Attribute {

            /** In a patch: the member is to go. */
            public static final Value NULL = new Value("null");
        }

        /** An object. */
        record Members(Map<String, Attribute> members) implements Attribute {
            public Members {
                members = Map.copyOf(members);
            }
        }
    }

    /** @throws InvalidSession if it is nested deeper than {@link #MAX_DEPTH} */
    public Attributes {
        members = Map.copyOf(members);
        if (depth(members) > MAX_DEPTH) {
            throw new InvalidSession("attributes", "must be nested at most " + MAX_DEPTH + " deep");
        }
    }

    private static int depth(Map<String, Attribute> members) {
        int deepest = 0;
        for (var member : members.values()) {
            if (member instanceof Attribute.Members(var inner)) {
                deepest = Math.max(deepest, depth(inner));
            }
        }
        return deepest + 1;
    }

    /** These with {@code patch} applied, as JSON Merge Patch (RFC 7396) has it. */
    public Attributes patched(Attributes patch) {
        return new Attributes(merged(members, patch.members));
    }

    private static Map<String, Attribute> merged(Map<String, Attribute> target, Map<String, Attribute> patch) {
        var merged = new LinkedHashMap<>(target);
        patch.forEach((name, value) -> {
            switch (value) {
                case Attribute.Members(var inner) ->
                    merged.put(
                            name,
                            new Attribute.Members(merged(
                                    merged.get(name) instanceof Attribute.Members(var there) ? there : Map.of(),
                                    inner)));
                case Attribute.Value leaf when leaf.equals(Attribute.Value.NULL) -> merged.remove(name);
                case Attribute.Value leaf -> merged.put(name, leaf);
            }
        });
        return merged;
    }

    /** Nothing of it: it may tell of a person. */
    @Override
    public String toString() {
        return "Attributes[…]";
    }
}
