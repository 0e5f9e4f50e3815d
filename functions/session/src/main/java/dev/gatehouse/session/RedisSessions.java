// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Stores sessions in Redis. Each operation takes one round trip.
 *
 * <p>All sessions of a user are in one key, the hash {@code gh:{<tenant>:<tag>}:sessions} with the user's {@link HashTag}.
 * It maps the random part of an id to the record of the session, which {@code sessions.lua} describes. Secrets are stored
 * as digests, also those of the last eight replaced tokens. Users with the same tag share the key; the user id in the
 * record distinguishes them.
 *
 * <table>
 * <caption>The commands of each operation; n is the number of sessions in the key</caption>
 * <tr><td>lookup</td><td>{@code EVALSHA lookup.lua}: {@code HGET}; {@code TIME}; if a touch is due, {@code HSET},
 *     {@code PTTL} and, to extend the expiry of the key, {@code PEXPIRE}</td></tr>
 * <tr><td>create</td><td>{@code EVALSHA create.lua}: {@code TIME}, {@code TYPE}; {@code HGET}, {@code HLEN}; {@code HSET},
 *     {@code PEXPIRE}. O(n log n) at the maximum of sessions, or if n is up to 32 or a multiple of it:
 *     {@code HGETALL}; {@code HDEL} of each session that has ended or is evicted</td></tr>
 * <tr><td>rotate, elevate</td><td>{@code EVALSHA rotate.lua}: {@code TIME}, {@code TYPE}; {@code HGET}; on success
 *     {@code HSET}</td></tr>
 * <tr><td>patch</td><td>{@code EVALSHA patch.lua}: {@code TIME}, {@code TYPE}; {@code HGET}; on success {@code HSET}
 *     </td></tr>
 * <tr><td>revoke</td><td>{@code EVALSHA revoke.lua}: {@code TIME}, {@code TYPE}; {@code HGET}; {@code HDEL}</td></tr>
 * <tr><td>revokeAll</td><td>{@code EVALSHA revoke-all.lua}, O(n): {@code TIME}, {@code TYPE}; {@code HGETALL}; {@code HDEL}
 *     of each session that has ended or is revoked; {@code PEXPIRE}</td></tr>
 * <tr><td>list</td><td>{@code EVALSHA list.lua}, O(n): {@code TIME}, {@code TYPE}; {@code HGETALL}; {@code HDEL} of each
 *     session that has ended; {@code PEXPIRE}</td></tr>
 * <tr><td>reuse</td><td>lookup or rotate of a replaced token after its grace period: {@code HDEL} of the session, or
 *     {@code HSET} to log it once only</td></tr>
 * </table>
 *
 * <p>The first operation on a session after a deep step back of the clock also stores its times, with {@code HSET}.
 *
 * <p>The key expires no earlier than its last session: a touch only ever extends the expiry. After the revocation of the
 * longest session the key may outlive the others, until the next creation or list.
 *
 * <p>An operation without a reply is retried within the deadline. Creations and rotations are idempotent by their token
 * and nonce. A patch is not retried, since a second one would find another version. If another process revokes the new
 * session before its creation is retried, the retry creates it again.
 *
 * <p><b>Redis may lose writes.</b> New sessions are lost in a failover to a replica that lacks them, or in a restart
 * without persistence. After such a failover a revoked session may be live again, and a replaced token current. To exclude
 * this, make Redis wait for its replicas.
 *
 * <p>An unreadable record does not count as a session; see {@link #unreadable}. A key of another type contains no session,
 * and creations on it are unavailable.
 */
public final class RedisSessions implements SessionStore {

    private static final Script LOOKUP = script("lookup");
    private static final Script CREATE = script("create");
    private static final Script ROTATE = script("rotate");
    private static final Script PATCH = script("patch");
    private static final Script REVOKE = script("revoke");
    private static final Script REVOKE_ALL = script("revoke-all");
    private static final Script LIST = script("list");

    private final RedisLink link;
    private final RetryableScripts scripts;
    private final TokenReuse onReuse;

    /** Creates sessions that only log the reuse of a replaced token. */
    public RedisSessions(RedisLink link) {
        this(link, TokenReuse.LOG);
    }

    public RedisSessions(RedisLink link, TokenReuse onReuse) {
        this.link = link;
        this.scripts = new RetryableScripts(link);
        this.onReuse = onReuse;
    }

    private static Script script(String name) {
        return Script.beside(RedisSessions.class, name).replyingPacked();
    }

    /** Returns the number of times that this process found an unreadable record. */
    public static long unreadable() {
        return SessionReplyReader.unreadable();
    }

    @Override
    public CompletionStage<Decision<Creation>> create(String tenant, SessionRequest request, Deadline deadline) {
        var attributes = request.attributes().packed();
        var device = request.device().packed();
        if (attributes.length + device.length > Attributes.MAX_BYTES) {
            return CompletableFuture.completedStage(new Decided<>(new Creation.TooLarge(), Source.REDIS));
        }
        var id = request.token().id();
        var call = call(CREATE, tenant, id)
                .bytes(request.token().digest().bytes())
                .text(request.userId().value())
                .bytes(attributes)
                .bytes(device)
                .micros(Duration.ofSeconds(request.idleSeconds()))
                .micros(Duration.ofSeconds(request.absoluteSeconds()))
                .number(request.maxSessions())
                .flag(request.onLimit() == SessionRequest.OnLimit.EVICT_OLDEST)
                .text(request.actor() == null ? "" : request.actor().value())
                .text(request.onReuse() == null ? "" : request.onReuse().text());
        return run(call, reply -> SessionReplyReader.creation(id, reply), deadline);
    }

    @Override
    public CompletionStage<Decision<Lookup>> lookup(String tenant, SessionToken token, Touch touch, Deadline deadline) {
        return run(lookupCall(tenant, token, touch), reply -> lookup(token, reply), deadline);
    }

    /** Returns the script call of a lookup, to be combined with others in the same slot; {@link #lookup} reads its reply. */
    public ScriptCall lookupCall(String tenant, SessionToken token, Touch touch) {
        return call(LOOKUP, tenant, token.id())
                .bytes(token.digest().bytes())
                .flag(touch == Touch.TOUCH)
                .flag(onReuse == TokenReuse.REVOKE);
    }

    /**
     * Returns the outcome of the lookup of {@code token}.
     *
     * @param reply the reply to {@link #lookupCall}
     */
    public Lookup lookup(SessionToken token, ScriptReply reply) {
        return SessionReplyReader.lookup(token, reply);
    }

    @Override
    public CompletionStage<Decision<Patching>> patch(
            String tenant, SessionId id, Attributes patch, OptionalLong version, Deadline deadline) {
        var call = call(PATCH, tenant, id)
                .bytes(patch.packed())
                .text(version.isPresent() ? Long.toString(version.getAsLong()) : "")
                .number(Attributes.MAX_BYTES);
        return link.run(call, deadline)
                .thenApply(
                        reply -> SessionReplyReader.decision(reply, words -> SessionReplyReader.patching(id, words)));
    }

    @Override
    public CompletionStage<Decision<Rotation>> rotate(
            String tenant, SessionToken token, Grace grace, Deadline deadline) {
        return replace(tenant, token, SessionToken.nonce(grace, ""), grace, 0, deadline);
    }

    @Override
    public CompletionStage<Decision<Rotation>> elevate(
            String tenant, SessionToken token, Rotation.Grant grant, Grace grace, Deadline deadline) {
        var nonce = SessionToken.nonce(grace, grant.level());
        return replace(tenant, token, nonce, grace, grant.seconds(), deadline);
    }

    private CompletionStage<Decision<Rotation>> replace(
            String tenant, SessionToken token, SecretBytes nonce, Grace grace, long levelSeconds, Deadline deadline) {
        var call = call(ROTATE, tenant, token.id())
                .bytes(token.digest().bytes())
                .bytes(nonce.bytes())
                .bytes(token.successor(nonce).digest().bytes())
                .micros(Duration.ofSeconds(grace.seconds()))
                .flag(onReuse == TokenReuse.REVOKE)
                .micros(Duration.ofSeconds(levelSeconds));
        return run(call, reply -> SessionReplyReader.rotation(token, reply), deadline);
    }

    @Override
    public CompletionStage<Decision<Integer>> revoke(String tenant, SessionId id, Deadline deadline) {
        return run(call(REVOKE, tenant, id), SessionReplyReader::revoked, deadline);
    }

    @Override
    public CompletionStage<Decision<Integer>> revokeAll(
            String tenant, UserId user, Optional<SessionId> except, Deadline deadline) {
        var tag = user.tag();
        var exceptId =
                except.filter(id -> id.tag().equals(tag)).map(SessionId::random).orElse("");
        return run(
                call(REVOKE_ALL, tenant, tag).text(user.value()).text(exceptId), SessionReplyReader::revoked, deadline);
    }

    @Override
    public CompletionStage<Decision<List<Session>>> list(String tenant, UserId user, Deadline deadline) {
        var tag = user.tag();
        return run(
                call(LIST, tenant, tag).text(user.value()), reply -> SessionReplyReader.listed(tag, reply), deadline);
    }

    private static ScriptCall call(Script script, String tenant, String tag) {
        return ScriptCall.of(script).key("gh:{" + tenant + ":" + tag + "}:sessions");
    }

    private static ScriptCall call(Script script, String tenant, SessionId id) {
        return call(script, tenant, id.tag()).text(id.random());
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> outcome, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> SessionReplyReader.decision(reply, outcome));
    }
}
