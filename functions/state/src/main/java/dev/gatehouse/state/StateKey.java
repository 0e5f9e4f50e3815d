// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Names one state. The same id in another group, or without one, names another state.
 *
 * @param group 1 to {@value #MAX_LENGTH} visible ASCII characters; its states share a slot and can be listed
 * @param id 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record StateKey(Optional<String> group, String id) {

    public static final int MAX_LENGTH = 255;

    public StateKey {
        group.ifPresent(StateKey::requireGroup);
        InvalidArgument.requireVisible("id", id, 1, MAX_LENGTH);
    }

    /** Returns the key of a state without a group. */
    public static StateKey of(String id) {
        return new StateKey(Optional.empty(), id);
    }

    public static StateKey of(String group, String id) {
        return new StateKey(Optional.of(group), id);
    }

    boolean isIn(String name) {
        return group.isPresent() && group.get().equals(name);
    }

    static void requireGroup(String group) {
        InvalidArgument.requireVisible("group", group, 1, MAX_LENGTH);
    }

    /**
     * Returns the name of the state in Redis: {@code gh:{<tenant>:<tag>}:w:<digest>}. The tag is that of the group or, without
     * one, of the id; the digest is the full SHA-256 of both, because two names may share a tag.
     */
    String redisKey(String tenant) {
        // Neither group nor id can contain a space.
        return prefix(tenant, group.orElse(id)) + "w:" + digest(group.orElse("") + " " + id);
    }

    /** Returns the name of the index of {@code group} in Redis: {@code gh:{<tenant>:<tag>}:wg:<digest>}. */
    static String indexKey(String tenant, String group) {
        return prefix(tenant, group) + "wg:" + digest(group);
    }

    private static String prefix(String tenant, String name) {
        return "gh:{" + tenant + ":" + HashTag.of(name) + "}:";
    }

    private static String digest(String text) {
        return Sha256.base64Url(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Leaves out group and id: the text may be logged. */
    @Override
    public String toString() {
        return "StateKey[…]";
    }
}
