// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * Finds the owners of imported keys, whose texts have no tag of the owner. The key {@code gh:{<tenant>:<tag>}:ki}, with a tag
 * from the digest, has the owner's tag as its value. It decides nothing: the record of the key does.
 */
final class KeyImports {

    private static final Script IMPORT = script("import");
    private static final Script FIND = script("import-find");
    private static final Script REMOVE = script("import-remove");

    /** A pointer outlasts its key, whose time begins a little later. */
    private static final long MARGIN_MILLIS = 60_000;

    private final RetryableScripts scripts;

    KeyImports(RedisLink link) {
        this.scripts = new RetryableScripts(link);
    }

    private static Script script(String name) {
        return Script.beside(KeyImports.class, name).replyingPacked();
    }

    /** Returns the tag of the owner; empty if there is none. */
    CompletionStage<Decision<Optional<String>>> find(String tenant, KeyDigest digest, Deadline deadline) {
        return scripts.run(call(FIND, tenant, digest), deadline)
                .thenApply(reply ->
                        Decision.of(reply.map(found -> Optional.of(found.word()).filter(tag -> !tag.isEmpty()))));
    }

    /**
     * Points to the owner with {@code ownerTag}. A pointer to this owner that lasts longer stays: its key may be live, and a
     * repeated import does not change it.
     *
     * @param replaced the tag of another owner that may be replaced; empty for none
     * @param seconds the lifetime of the key from now; empty for an unlimited one
     * @return the tag of another owner that has the key; empty if it now points to this one
     */
    CompletionStage<Decision<Optional<String>>> claim(
            String tenant,
            KeyDigest digest,
            String ownerTag,
            String replaced,
            OptionalLong seconds,
            Deadline deadline) {
        var call = pointing(tenant, digest, ownerTag, replaced, seconds).text("longest");
        return scripts.run(call, deadline)
                .thenApply(reply -> Decision.of(reply.map(
                        pointed -> pointed.word().equals("taken") ? Optional.of(pointed.text(1)) : Optional.empty())));
    }

    /**
     * Changes the lifetime of the pointer to the owner with {@code ownerTag}.
     *
     * @param seconds the lifetime of the key from now; empty for an unlimited one
     */
    CompletionStage<Decision<Boolean>> renew(
            String tenant, KeyDigest digest, String ownerTag, OptionalLong seconds, Deadline deadline) {
        var call = pointing(tenant, digest, ownerTag, "", seconds).text("");
        return scripts.run(call, deadline).thenApply(reply -> Decision.of(reply.map(_ -> true)));
    }

    private static ScriptCall pointing(
            String tenant, KeyDigest digest, String ownerTag, String replaced, OptionalLong seconds) {
        return call(IMPORT, tenant, digest)
                .text(ownerTag)
                .text(replaced)
                .number(seconds.isPresent() ? seconds.getAsLong() * 1000 + MARGIN_MILLIS : 0);
    }

    CompletionStage<Decision<Boolean>> remove(String tenant, KeyDigest digest, String ownerTag, Deadline deadline) {
        return scripts.run(call(REMOVE, tenant, digest).text(ownerTag), deadline)
                .thenApply(reply -> Decision.of(reply.map(_ -> true)));
    }

    private static ScriptCall call(Script script, String tenant, KeyDigest digest) {
        return ScriptCall.of(script).key("gh:{" + tenant + ":" + digest.tag() + "}:ki");
    }
}
