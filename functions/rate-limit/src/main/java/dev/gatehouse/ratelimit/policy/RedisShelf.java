package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads policies from Redis. If the cached version is current, the reply takes a few bytes. */
final class RedisShelf implements KnownBooks.Shelf {

    private static final Logger LOG = LoggerFactory.getLogger(RedisShelf.class);

    private static final Script READ = Script.beside(RedisShelf.class, "policies-read");

    private final RedisLink link;

    RedisShelf(RedisLink link) {
        this.link = link;
    }

    /** Returns the key of a tenant's policies. It differs from all others, because no subject's tag has this length. */
    static String key(String tenant) {
        return "gh:{" + tenant + ":policies}:rl";
    }

    @Override
    public CompletionStage<Decision<StoredBook>> read(String tenant, @Nullable StoredBook known, Deadline deadline) {
        var call = ScriptCall.of(READ, List.of(key(tenant)), List.of(known == null ? "" : known.version()));
        return link.run(call, deadline).thenApply(reply -> Decision.of(reply.map(words -> book(tenant, known, words))));
    }

    private static StoredBook book(String tenant, @Nullable StoredBook known, List<Object> reply) {
        return switch ((String) reply.getFirst()) {
            case "same" -> Objects.requireNonNull(known);
            case "changed" -> {
                var found = StoredBook.of((List<?>) reply.get(1));
                var unreadable = found.unreadable();
                if (!(known == null ? Set.of() : known.unreadable()).containsAll(unreadable)) {
                    LOG.warn("Policies of tenant {} cannot be read, or overrides of them: {}", tenant, unreadable);
                }
                yield found;
            }
            case String other -> throw new IllegalStateException("policies-read.lua said " + other);
        };
    }
}
