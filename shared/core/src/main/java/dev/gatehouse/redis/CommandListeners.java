package dev.gatehouse.redis;

import dev.gatehouse.redis.Reply.NotSent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners of all that is asked of Redis. Where nobody listens it costs a look. */
final class CommandListeners {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    private final List<CommandListener> listeners = new CopyOnWriteArrayList<>();

    void add(CommandListener listener) {
        listeners.add(listener);
    }

    void concluded(PendingCommand<?> exchange, Reply<?> reply) {
        if (!listeners.isEmpty()) {
            tell(exchange.call(), reply, reply instanceof NotSent ? 0 : exchange.nanosSinceSent());
        }
    }

    /** It was turned away before it could become an exchange. */
    void unsent(@Nullable ScriptCall call, NotSent<?> reply) {
        if (!listeners.isEmpty()) {
            tell(call, reply, 0);
        }
    }

    private void tell(@Nullable ScriptCall call, Reply<?> reply, long nanos) {
        var script = call == null ? null : call.script().name();
        List<String> keys = call == null ? List.of() : call.keys();
        for (var listener : listeners) {
            try {
                listener.concluded(script, keys, reply, nanos);
            } catch (RuntimeException e) {
                LOG.error("A listener to what is asked of Redis failed", e);
            }
        }
    }
}
