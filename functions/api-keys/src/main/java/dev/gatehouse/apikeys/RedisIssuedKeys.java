// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stores API keys in Redis. Each operation on a generated key takes one round trip.
 *
 * <p>All keys of an owner are in one hash, {@code gh:{<tenant>:<tag>}:ak} with the owner's {@link
 * dev.gatehouse.redis.HashTag}, which {@code api-keys.lua} describes. A generated key contains the tag. An imported one does
 * not, so its verification reads the tag of its owner first; see {@link KeyImports}.
 *
 * <table>
 * <caption>The commands of each operation; n is the number of keys in the hash</caption>
 * <tr><td>verify</td><td>{@code EVALSHA verify.lua}: {@code HGET}; {@code TIME} if the key expires. Of an imported key,
 *     {@code EVALSHA import-find.lua} before: {@code GET}</td></tr>
 * <tr><td>issue</td><td>{@code EVALSHA issue.lua}, O(n): {@code TIME}; {@code HGET}, {@code HLEN}, {@code HSET};
 *     <i>sweep</i>. To import, {@code EVALSHA import.lua} before: {@code GET}, {@code PTTL},
 *     {@code SET}</td></tr>
 * <tr><td>rotate</td><td>{@code EVALSHA rotate.lua}, O(n): {@code TIME}; {@code HGET} and {@code HSET} twice,
 *     {@code HLEN}; <i>sweep</i></td></tr>
 * <tr><td>patch</td><td>{@code EVALSHA change.lua}, O(n): {@code TIME}; {@code HGET}, {@code HSET}; <i>sweep</i></td></tr>
 * <tr><td>revoke</td><td>{@code EVALSHA revoke.lua}, O(n): {@code TIME}; {@code HGET}, {@code HDEL}; <i>sweep</i></td></tr>
 * <tr><td>list</td><td>{@code EVALSHA list.lua}, O(n): {@code TIME}; <i>sweep</i></td></tr>
 * <tr><td><i>sweep</i></td><td>{@code HGETALL}; {@code HDEL} of each key that has ended; {@code PEXPIRE}, or {@code PERSIST}
 *     while a key lives on</td></tr>
 * </table>
 *
 * <p>An operation without a reply is retried within the deadline. If another process revokes the new key before its issue is
 * retried, the retry issues it again.
 *
 * <p><b>Redis may lose writes.</b> Keys have no expiry unless they are given one, so Redis must persist them and must not
 * evict them. After a failover to a replica that lacks a revocation, the key may be live again.
 *
 * <p>An unreadable record is no key.
 */
public final class RedisIssuedKeys implements IssuedKeyStore {

    private static final Script ISSUE = script("issue");
    private static final Script VERIFY = script("verify");
    private static final Script ROTATE = script("rotate");
    private static final Script CHANGE = script("change");
    private static final Script REVOKE = script("revoke");
    private static final Script LIST = script("list");

    private final RetryableScripts scripts;
    private final KeyImports imports;

    public RedisIssuedKeys(RedisLink link) {
        this.scripts = new RetryableScripts(link);
        this.imports = new KeyImports(link);
    }

    private static Script script(String name) {
        return Script.beside(RedisIssuedKeys.class, name).replyingPacked();
    }

    @Override
    public CompletionStage<Decision<Issuance>> issue(String tenant, IssueRequest request, Deadline deadline) {
        if (request.prefix().isPresent()) {
            return issueRecord(tenant, request, deadline);
        }
        return claimImport(tenant, request, "", deadline)
                .thenCompose(claimed -> ifDecided(claimed, isClaimed -> {
                    if (!isClaimed) {
                        return CompletableFuture.completedStage(
                                new Decided<>(new Issuance.DigestTaken(), Source.REDIS));
                    }
                    return issueRecord(tenant, request, deadline)
                            .thenCompose(issued -> ifDecided(
                                    issued,
                                    issuance -> issuance instanceof Issuance.Issued
                                            ? CompletableFuture.completedStage(issued)
                                            : imports.remove(
                                                            tenant,
                                                            request.digest(),
                                                            request.owner().tag(),
                                                            deadline)
                                                    .thenApply(removed -> removed.map(_ -> issuance))));
                }));
    }

    /** Returns whether the imported digest now points to the owner; not if another owner has a live key with it. */
    private CompletionStage<Decision<Boolean>> claimImport(
            String tenant, IssueRequest request, String replaced, Deadline deadline) {
        var digest = request.digest();
        var claim = imports.claim(tenant, digest, request.owner().tag(), replaced, request.lifetimeSeconds(), deadline);
        return claim.thenCompose(claimed -> ifDecided(claimed, taken -> {
            if (taken.isEmpty()) {
                return CompletableFuture.completedStage(new Decided<>(true, Source.REDIS));
            }
            if (!replaced.isEmpty()) {
                return CompletableFuture.completedStage(new Decided<>(false, Source.REDIS)); // A third owner was first.
            }
            var other = new PresentedKey(taken, digest);
            return verify(tenant, other, KeyDetails.NONE.scopes(), deadline)
                    .thenCompose(verified -> ifDecided(
                            verified,
                            verification -> verification instanceof Verification.Invalid
                                    ? claimImport(tenant, request, taken.get(), deadline)
                                    : CompletableFuture.completedStage(new Decided<>(false, Source.REDIS))));
        }));
    }

    private CompletionStage<Decision<Issuance>> issueRecord(String tenant, IssueRequest request, Deadline deadline) {
        var details = request.details();
        var call = call(ISSUE, tenant, request.id())
                .text(request.digest().base64url())
                .text(request.owner().value())
                .text(request.prefix().orElse(""))
                .text(details.name() == null ? "" : details.name())
                .text(String.join(" ", details.scopes()))
                .text(details.attributes())
                .micros(Duration.ofSeconds(request.lifetimeSeconds().orElse(0)))
                .number(MAX_KEYS);
        return run(call, KeyReplyReader::issuance, deadline);
    }

    @Override
    public CompletionStage<Decision<Verification>> verify(
            String tenant, PresentedKey key, SortedSet<String> scopes, Deadline deadline) {
        return ownerTag(tenant, key, deadline)
                .thenCompose(found -> ifDecided(
                        found,
                        tag -> tag.isEmpty()
                                ? CompletableFuture.completedStage(
                                        new Decided<>(new Verification.Invalid(), Source.REDIS))
                                : run(
                                        verifyCall(tenant, tag.get(), key.digest(), scopes),
                                        reply -> KeyReplyReader.verification(reply, scopes),
                                        deadline)));
    }

    /** Returns the tag of the owner of {@code key}; reads it for an imported one only. Empty if there is none. */
    CompletionStage<Decision<Optional<String>>> ownerTag(String tenant, PresentedKey key, Deadline deadline) {
        return key.ownerTag().isPresent()
                ? CompletableFuture.completedStage(new Decided<>(key.ownerTag(), Source.REDIS))
                : imports.find(tenant, key.digest(), deadline);
    }

    /** Returns the script call of a verification, to be combined with others in the owner's slot. */
    ScriptCall verifyCall(String tenant, String ownerTag, KeyDigest digest, SortedSet<String> scopes) {
        var call = call(VERIFY, tenant, digest.id(ownerTag)).text(digest.base64url());
        scopes.forEach(call::text);
        return call;
    }

    @Override
    public CompletionStage<Decision<Issuance>> rotate(
            String tenant, KeyId id, KeySecret successor, Duration grace, Deadline deadline) {
        var digest = successor.digest();
        var call = call(ROTATE, tenant, id)
                .text(digest.id(id.tag()).part())
                .text(digest.base64url())
                .text(IssueRequest.DEFAULT_PREFIX)
                .micros(grace)
                .number(MAX_KEYS);
        return scripts.run(call, deadline).thenCompose(reply -> {
            var issued = KeyReplyReader.decision(reply, KeyReplyReader::issuance);
            var old = KeyReplyReader.decision(
                    reply,
                    rotated -> rotated.has(0, "issued") && !rotated.text(2).isEmpty()
                            ? Optional.of(StoredKey.unpacked(rotated.bytes(2)))
                            : Optional.<StoredKey>empty());
            return ifDecided(
                    old,
                    replaced -> replaced.isPresent() && replaced.get().prefix().isEmpty()
                            ? repoint(tenant, replaced.get(), OptionalLong.of(grace.toSeconds()), deadline)
                                    .thenApply(pointed -> pointed instanceof Unavailable<Boolean>(var retryAfter)
                                            ? new Unavailable<>(retryAfter)
                                            : issued)
                            : CompletableFuture.completedStage(issued));
        });
    }

    @Override
    public CompletionStage<Decision<Optional<IssuedKey>>> patch(
            String tenant, KeyId id, KeyPatch patch, Deadline deadline) {
        var scopes = patch.scopes();
        var seconds = patch.lifetimeSeconds();
        var call = call(CHANGE, tenant, id)
                .text(marked(patch.name()))
                .text(marked(scopes == null ? null : String.join(" ", scopes)))
                .text(marked(patch.attributes()));
        var lasting = seconds == null ? call.text("") : call.micros(Duration.ofSeconds(seconds));
        CompletionStage<Decision<Optional<StoredKey>>> changed = run(lasting, KeyReplyReader::stored, deadline);
        return changed.thenCompose(decision -> ifDecided(decision, stored -> {
            var key = decision.map(found -> found.map(StoredKey::key));
            return seconds == null || stored.isEmpty() || stored.get().prefix().isPresent()
                    ? CompletableFuture.completedStage(key)
                    : repoint(
                                    tenant,
                                    stored.get(),
                                    seconds == 0 ? OptionalLong.empty() : OptionalLong.of(seconds),
                                    deadline)
                            .thenApply(pointed -> pointed instanceof Unavailable<Boolean>(var retryAfter)
                                    ? new Unavailable<>(retryAfter)
                                    : key);
        }));
    }

    private static String marked(@Nullable String value) {
        return value == null ? "" : "=" + value;
    }

    private CompletionStage<Decision<Boolean>> repoint(
            String tenant, StoredKey imported, OptionalLong seconds, Deadline deadline) {
        return imports.renew(tenant, imported.digest(), imported.owner().tag(), seconds, deadline);
    }

    @Override
    public CompletionStage<Decision<Boolean>> revoke(String tenant, KeyId id, Deadline deadline) {
        CompletionStage<Decision<Optional<StoredKey>>> revoked =
                run(call(REVOKE, tenant, id), KeyReplyReader::stored, deadline);
        return revoked.thenCompose(decision -> ifDecided(
                decision,
                stored -> stored.isPresent() && stored.get().prefix().isEmpty()
                        ? imports.remove(tenant, stored.get().digest(), id.tag(), deadline)
                                .thenApply(
                                        _ -> decision.map(Optional::isPresent)) // A pointer to no key decides nothing.
                        : CompletableFuture.completedStage(decision.map(Optional::isPresent))));
    }

    @Override
    public CompletionStage<Decision<List<IssuedKey>>> list(String tenant, OwnerId owner, Deadline deadline) {
        return run(call(LIST, tenant, owner.tag()).text(owner.value()), KeyReplyReader::listed, deadline);
    }

    private static ScriptCall call(Script script, String tenant, String tag) {
        return ScriptCall.of(script).key("gh:{" + tenant + ":" + tag + "}:ak");
    }

    private static ScriptCall call(Script script, String tenant, KeyId id) {
        return call(script, tenant, id.tag()).text(id.part());
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> outcome, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> KeyReplyReader.decision(reply, outcome));
    }

    private static <T, R> CompletionStage<Decision<R>> ifDecided(
            Decision<T> decision, Function<T, CompletionStage<Decision<R>>> next) {
        return switch (decision) {
            case Decided<T>(var value, var _) -> next.apply(value);
            case Unavailable<T>(var retryAfter) -> CompletableFuture.completedStage(new Unavailable<>(retryAfter));
        };
    }
}
