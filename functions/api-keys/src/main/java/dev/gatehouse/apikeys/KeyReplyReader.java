// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.ScriptReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the replies of the scripts of API keys. An unreadable record is no key; the first is logged. */
final class KeyReplyReader {

    /** The first element of the reply of a verification for a valid key with the scopes. */
    static final String FOUND = "found";

    private static final Logger LOG = LoggerFactory.getLogger(RedisIssuedKeys.class);
    private static final AtomicBoolean LOGGED = new AtomicBoolean();

    private KeyReplyReader() {}

    static <T> Decision<T> decision(Reply<ScriptReply> reply, Function<ScriptReply, T> outcome) {
        try {
            return Decision.of(reply.map(outcome));
        } catch (Malformed e) {
            logUnreadable();
            return Decision.of(new Reply.Refused<>("UNREADABLE"));
        }
    }

    static Issuance issuance(ScriptReply reply) {
        return switch (reply.word()) {
            case "issued" ->
                new Issuance.Issued(StoredKey.unpacked(reply.bytes(1)).key());
            case "limit" -> new Issuance.LimitReached();
            case "absent" -> new Issuance.Absent();
            default -> throw reply.unexpected();
        };
    }

    /** Returns the outcome of {@link RedisIssuedKeys#verifyCall}. */
    static Verification verification(ScriptReply reply, SortedSet<String> scopes) {
        return switch (reply.word()) {
            case FOUND, "lacking" -> {
                try {
                    yield StoredKey.unpacked(reply.bytes(1)).key().verification(scopes);
                } catch (Malformed e) {
                    logUnreadable();
                    yield new Verification.Invalid();
                }
            }
            case "invalid" -> new Verification.Invalid();
            case "unreadable" -> {
                logUnreadable();
                yield new Verification.Invalid();
            }
            default -> throw reply.unexpected();
        };
    }

    static Optional<StoredKey> stored(ScriptReply reply) {
        return reply.has(0, "absent") ? Optional.empty() : Optional.of(StoredKey.unpacked(reply.bytes(1)));
    }

    static List<IssuedKey> listed(ScriptReply reply) {
        var keys = new ArrayList<IssuedKey>();
        for (int i = 1; i < reply.size(); i++) {
            keys.add(StoredKey.unpacked(reply.bytes(i)).key());
        }
        keys.sort(IssuedKey.NEWEST_FIRST);
        return List.copyOf(keys);
    }

    private static void logUnreadable() {
        if (!LOGGED.getAndSet(true)) {
            LOG.warn("An API key on Redis cannot be read. It verifies nothing. Logged once.");
        }
    }
}
