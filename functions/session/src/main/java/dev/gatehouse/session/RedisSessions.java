package dev.gatehouse.session;

import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.time.Duration;
import java.util.ArrayList;
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
 * <tr><td>rotate</td><td>{@code EVALSHA rotate.lua}: {@code TIME}, {@code TYPE}; {@code HGET}; on success {@code HSET}
 *     </td></tr>
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

    private static final UnreadableRecords UNREADABLE = new UnreadableRecords();
    private static final String NOT_A_RECORD = "not a record of the scripts";

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
        return UNREADABLE.count();
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
                .flag(request.onLimit() == SessionRequest.OnLimit.EVICT_OLDEST);
        return run(call, reply -> creation(id, reply), deadline);
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
        return switch (word(reply)) {
            case "found" ->
                readable(reply.bytes(1), found -> new Lookup.Found(found.session(token.id())), new Lookup.Invalid());
            case "invalid" -> new Lookup.Invalid();
            case "reused" -> reused(token, reply, new Lookup.Reused());
            default -> throw reply.unexpected();
        };
    }

    @Override
    public CompletionStage<Decision<Patching>> patch(
            String tenant, SessionId id, Attributes patch, OptionalLong version, Deadline deadline) {
        var call = call(PATCH, tenant, id)
                .bytes(patch.packed())
                .text(version.isPresent() ? Long.toString(version.getAsLong()) : "")
                .number(Attributes.MAX_BYTES);
        return link.run(call, deadline).thenApply(reply -> decision(reply, words -> patching(id, words)));
    }

    @Override
    public CompletionStage<Decision<Rotation>> rotate(
            String tenant, SessionToken token, Grace grace, Deadline deadline) {
        var nonce = SessionToken.nonce(grace);
        var call = call(ROTATE, tenant, token.id())
                .bytes(token.digest().bytes())
                .bytes(nonce.bytes())
                .bytes(token.successor(nonce).digest().bytes())
                .micros(Duration.ofSeconds(grace.seconds()))
                .flag(onReuse == TokenReuse.REVOKE);
        return run(call, reply -> rotation(token, reply), deadline);
    }

    @Override
    public CompletionStage<Decision<Integer>> revoke(String tenant, SessionId id, Deadline deadline) {
        return run(call(REVOKE, tenant, id), RedisSessions::revoked, deadline);
    }

    @Override
    public CompletionStage<Decision<Integer>> revokeAll(
            String tenant, UserId user, Optional<SessionId> except, Deadline deadline) {
        var tag = user.tag();
        var exceptId =
                except.filter(id -> id.tag().equals(tag)).map(SessionId::random).orElse("");
        return run(call(REVOKE_ALL, tenant, tag).text(user.value()).text(exceptId), RedisSessions::revoked, deadline);
    }

    @Override
    public CompletionStage<Decision<List<Session>>> list(String tenant, UserId user, Deadline deadline) {
        var tag = user.tag();
        return run(call(LIST, tenant, tag).text(user.value()), reply -> listed(tag, reply), deadline);
    }

    private static ScriptCall call(Script script, String tenant, String tag) {
        return ScriptCall.of(script).key("gh:{" + tenant + ":" + tag + "}:sessions");
    }

    private static ScriptCall call(Script script, String tenant, SessionId id) {
        return call(script, tenant, id.tag()).text(id.random());
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> outcome, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> decision(reply, outcome));
    }

    private static <T> Decision<T> decision(Reply<ScriptReply> reply, Function<ScriptReply, T> outcome) {
        try {
            return Decision.of(reply.map(outcome));
        } catch (Malformed e) {
            UNREADABLE.found(1, e.getMessage());
            return Decision.of(new Reply.Refused<>("UNREADABLE"));
        }
    }

    private static Creation creation(SessionId id, ScriptReply reply) {
        return switch (word(reply)) {
            case "created" ->
                new Creation.Created(
                        StoredSession.unpacked(reply.bytes(1)).session(id), Math.toIntExact(reply.number(2)));
            case "limit" -> new Creation.LimitReached();
            default -> throw reply.unexpected();
        };
    }

    private static Patching patching(SessionId id, ScriptReply reply) {
        return switch (word(reply)) {
            case "patched" ->
                readable(reply.bytes(1), patched -> new Patching.Patched(patched.session(id)), new Patching.Absent());
            case "version-differs" -> new Patching.VersionDiffers(reply.number(1));
            case "too-large" -> new Patching.TooLarge();
            case "invalid" -> new Patching.Absent();
            default -> throw reply.unexpected();
        };
    }

    private Rotation rotation(SessionToken token, ScriptReply reply) {
        return switch (word(reply)) {
            case "rotated" ->
                readable(
                        reply.bytes(1),
                        rotated -> new Rotation.Rotated(
                                rotated.session(token.id()),
                                token.successor(rotated.replaced().nonce())),
                        new Rotation.Invalid());
            case "invalid" -> new Rotation.Invalid();
            case "reused" -> reused(token, reply, new Rotation.Reused());
            default -> throw reply.unexpected();
        };
    }

    /** Logs the first report of a reuse. */
    private <T> T reused(SessionToken token, ScriptReply reply, T outcome) {
        if (reply.number(1) == 1) {
            onReuse.log(token.id());
        }
        return outcome;
    }

    private static int revoked(ScriptReply reply) {
        return word(reply).equals("revoked") ? Math.toIntExact(reply.number(1)) : 0;
    }

    private static List<Session> listed(String tag, ScriptReply reply) {
        var sessions = new ArrayList<Session>();
        if (word(reply).equals("listed")) {
            UNREADABLE.found(reply.number(1), NOT_A_RECORD);
            for (int i = 2; i < reply.size(); i += 2) {
                var id = new SessionId(tag, reply.text(i));
                readable(reply.bytes(i + 1), listed -> sessions.add(listed.session(id)), false);
            }
        }
        sessions.sort(Session.NEWEST_FIRST);
        return List.copyOf(sessions);
    }

    /** Returns the first word of a reply; {@code invalid} for {@code unreadable}, which it counts. */
    private static String word(ScriptReply reply) {
        var word = reply.word();
        if (word.equals("unreadable")) {
            UNREADABLE.found(1, NOT_A_RECORD);
            return "invalid";
        }
        return word;
    }

    /** Reads a record; returns {@code otherwise} if it is unreadable. */
    private static <T> T readable(byte[] packed, Function<StoredSession, ? extends T> reading, T otherwise) {
        try {
            return reading.apply(StoredSession.unpacked(packed));
        } catch (Malformed e) {
            UNREADABLE.found(1, e.getMessage());
            return otherwise;
        }
    }
}
