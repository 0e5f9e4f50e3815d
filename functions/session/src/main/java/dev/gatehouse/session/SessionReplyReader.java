// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.ScriptReply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converts the replies of the scripts to outcomes. An unreadable record counts as no session. */
final class SessionReplyReader {

    private static final Logger LOG = LoggerFactory.getLogger(RedisSessions.class);
    private static final UnreadableRecords UNREADABLE = new UnreadableRecords();
    private static final String NOT_A_RECORD = "not a record of the scripts";

    /** Counts unreadable records, and logs the first without its contents. */
    static final class UnreadableRecords {

        private final AtomicLong count = new AtomicLong();

        void found(long records, @Nullable String why) {
            if (records > 0 && count.getAndAdd(records) == 0) {
                LOG.warn("A session on Redis cannot be read: {}. It counts as none. Logged once.", why);
            }
        }

        long count() {
            return count.get();
        }
    }

    private SessionReplyReader() {}

    /** Returns the number of unreadable records that this process found. */
    static long unreadable() {
        return UNREADABLE.count();
    }

    /** Returns the decision; unavailable if the outcome requires a record that is unreadable. */
    static <T> Decision<T> decision(Reply<ScriptReply> reply, Function<ScriptReply, T> outcome) {
        try {
            return Decision.of(reply.map(outcome));
        } catch (Malformed e) {
            UNREADABLE.found(1, e.getMessage());
            return Decision.of(new Reply.Refused<>("UNREADABLE"));
        }
    }

    static Creation creation(SessionId id, ScriptReply reply) {
        return switch (word(reply)) {
            case "created" ->
                new Creation.Created(
                        StoredSession.unpacked(reply.bytes(1)).session(id), Math.toIntExact(reply.number(2)));
            case "limit" -> new Creation.LimitReached();
            default -> throw reply.unexpected();
        };
    }

    static Lookup lookup(SessionToken token, ScriptReply reply) {
        return switch (word(reply)) {
            case "found" ->
                readable(reply.bytes(1), found -> new Lookup.Found(found.session(token.id())), new Lookup.Invalid());
            case "invalid" -> new Lookup.Invalid();
            case "reused" -> reused(token, reply, new Lookup.Reused());
            default -> throw reply.unexpected();
        };
    }

    static Patching patching(SessionId id, ScriptReply reply) {
        return switch (word(reply)) {
            case "patched" ->
                readable(reply.bytes(1), patched -> new Patching.Patched(patched.session(id)), new Patching.Absent());
            case "version-differs" -> new Patching.VersionDiffers(reply.number(1));
            case "too-large" -> new Patching.TooLarge();
            case "invalid" -> new Patching.Absent();
            default -> throw reply.unexpected();
        };
    }

    static Rotation rotation(SessionToken token, ScriptReply reply) {
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
    private static <T> T reused(SessionToken token, ScriptReply reply, T outcome) {
        if (reply.number(1) == 1) {
            (reply.number(2) == 1 ? TokenReuse.REVOKE : TokenReuse.LOG).log(token.id());
        }
        return outcome;
    }

    static int revoked(ScriptReply reply) {
        return word(reply).equals("revoked") ? Math.toIntExact(reply.number(1)) : 0;
    }

    static List<Session> listed(String tag, ScriptReply reply) {
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
