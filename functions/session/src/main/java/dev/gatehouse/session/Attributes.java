// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import com.fasterxml.jackson.core.JsonFactory;
import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.redis.HashTag;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a session, or a merge patch to them. They are a JSON object; its values keep their text, so that no
 * number loses a digit.
 *
 * @param members unordered
 */
public record Attributes(Map<String, Attribute> members) {

    /** The maximum depth of nested objects. */
    public static final int MAX_DEPTH = 8;

    /** The maximum of attributes and {@link Device} in stored form: MessagePack with the JSON text of each value. */
    public static final int MAX_BYTES = 4096;

    /** The overhead of a member in memory. */
    private static final long MEMBER_BYTES = 150;

    private static final JsonFactory JSON = new JsonFactory();

    public static final Attributes NONE = new Attributes(Map.of());

    /** A member's value. */
    public sealed interface Attribute {

        /**
         * A text, number, truth value, null or array.
         *
         * @param json its JSON text
         */
        record Value(String json) implements Attribute {

            /** Removes the member, in a patch. */
            public static final Value NULL = new Value("null");

            /** Leaves out personal data. */
            @Override
            public String toString() {
                return "Value[…]";
            }
        }

        /** An object. */
        record Members(Map<String, Attribute> members) implements Attribute {
            public Members {
                members = Map.copyOf(members);
            }

            /** Leaves out personal data. */
            @Override
            public String toString() {
                return "Members[…]";
            }
        }
    }

    /** @throws InvalidSession if it is nested deeper than {@link #MAX_DEPTH}, or not well-formed Unicode */
    public Attributes {
        members = Map.copyOf(members);
        check(members, 1);
    }

    private static void check(Map<String, Attribute> members, int depth) {
        if (depth > MAX_DEPTH) {
            throw new InvalidSession("attributes", "must be nested at most " + MAX_DEPTH + " deep");
        }
        members.forEach((name, member) -> {
            boolean wellFormed =
                    switch (member) {
                        case Attribute.Members(var inner) -> {
                            check(inner, depth + 1);
                            yield true;
                        }
                        case Attribute.Value(var json) -> HashTag.isWellFormed(json);
                    };
            if (!wellFormed || !HashTag.isWellFormed(name)) {
                throw new InvalidSession("attributes", "must be well-formed Unicode");
            }
        });
    }

    /**
     * Returns a member as text: a string without its quotes, another value as its JSON. Returns null if it is absent, null
     * or an object.
     */
    public @Nullable String text(String name) {
        if (!(members.get(name) instanceof Attribute.Value(var json)) || json.equals("null")) {
            return null;
        }
        if (!json.startsWith("\"")) {
            return json;
        }
        try (var parser = JSON.createParser(json)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException _) {
            return null;
        }
    }

    /** Returns an upper estimate of the bytes in memory. */
    long footprint() {
        return footprint(members);
    }

    private static long footprint(Map<String, Attribute> members) {
        long bytes = 64;
        for (var member : members.entrySet()) {
            bytes += MEMBER_BYTES + 2L * member.getKey().length();
            bytes += switch (member.getValue()) {
                case Attribute.Members(var inner) -> footprint(inner);
                case Attribute.Value(var json) -> 2L * json.length();
            };
        }
        return bytes;
    }

    /** Returns the stored form: an object as a map, any other value as text. */
    byte[] packed() {
        var packed = new MessagePackWriter();
        pack(members, packed);
        return packed.bytes();
    }

    private static void pack(Map<String, Attribute> members, MessagePackWriter packed) {
        packed.addMap(members.size());
        members.forEach((name, member) -> {
            packed.add(name);
            switch (member) {
                case Attribute.Members(var inner) -> pack(inner, packed);
                case Attribute.Value(var json) -> packed.add(json);
            }
        });
    }

    /**
     * Reads {@link #packed}.
     *
     * @throws Malformed if the bytes are not packed attributes
     */
    static Attributes unpacked(byte[] packed) {
        var in = new MessagePackReader(packed);
        var attributes = new Attributes(unpack(in, 1));
        in.end();
        return attributes;
    }

    private static Map<String, Attribute> unpack(MessagePackReader in, int depth) {
        if (depth > MAX_DEPTH) {
            throw new Malformed("nested too deep");
        }
        int count = in.members();
        if (count == 0) {
            return Map.of();
        }
        var members = new HashMap<String, Attribute>();
        for (int i = 0; i < count; i++) {
            var name = in.text();
            members.put(
                    name, in.isText() ? new Attribute.Value(in.text()) : new Attribute.Members(unpack(in, depth + 1)));
        }
        return members;
    }

    /** Returns these attributes with those of {@code other}, which replace members of the same name. */
    Attributes with(Attributes other) {
        var all = new HashMap<>(members);
        all.putAll(other.members);
        return new Attributes(all);
    }

    /** Returns these attributes after the JSON Merge Patch {@code patch} (RFC 7396). */
    public Attributes patched(Attributes patch) {
        return new Attributes(merged(members, patch.members));
    }

    private static Map<String, Attribute> merged(Map<String, Attribute> target, Map<String, Attribute> patch) {
        var merged = new HashMap<>(target);
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

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "Attributes[…]";
    }
}
