// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.util.regex.Pattern;

/**
 * Names keys by the convention {@code namespace:type:id}, such as {@code shop:cart:42}. The names of one program never meet
 * those of another namespace, or of Gatehouse, which begin with {@code gh:}.
 *
 * <p>Key names appear in logs and statistics of Redis. For an id that is personal or secret, use {@link HashTag#of} of it.
 *
 * @param namespace 1 to 64 lower-case letters, digits, {@code -}, {@code _} and {@code .}, not {@code gh}
 */
public record KeySpace(String namespace) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final String RESERVED = "gh";
    private static final int MAX_ID = 1024;

    /** @throws InvalidArgument if {@code namespace} is malformed or that of Gatehouse */
    public KeySpace {
        requireName("namespace", namespace);
        if (namespace.equals(RESERVED)) {
            throw new InvalidArgument("namespace", "must not be gh: Gatehouse's own keys begin with it");
        }
    }

    /**
     * Returns {@code namespace:type:id}.
     *
     * @param type as {@code namespace}
     * @param id 1 to 1024 characters
     * @throws InvalidArgument if {@code type} or {@code id} is malformed
     */
    public String key(String type, String id) {
        return prefix(type) + id(id);
    }

    /**
     * Returns {@code namespace:type:{tag}}. On a cluster, the keys of one tag share a slot whatever their type, so one
     * command, transaction or script may use them.
     *
     * @param type as {@code namespace}
     * @param tag 1 to 1024 characters without braces
     * @throws InvalidArgument if {@code type} or {@code tag} is malformed
     */
    public String taggedKey(String type, String tag) {
        if (tag.indexOf('{') >= 0 || tag.indexOf('}') >= 0) {
            throw new InvalidArgument("tag", "must not contain braces");
        }
        return prefix(type) + "{" + id(tag) + "}";
    }

    private String prefix(String type) {
        requireName("type", type);
        return namespace + ":" + type + ":";
    }

    private static String id(String id) {
        if (id.isEmpty() || id.length() > MAX_ID || !HashTag.isWellFormed(id)) {
            throw new InvalidArgument("id", "must be 1 to " + MAX_ID + " characters of well-formed Unicode");
        }
        return id;
    }

    private static void requireName(String field, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidArgument(field, "must be 1 to 64 lower-case letters, digits, '-', '_' and '.'");
        }
    }
}
