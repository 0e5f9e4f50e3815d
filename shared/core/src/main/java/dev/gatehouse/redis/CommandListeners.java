package dev.gatehouse.redis;

import dev.gatehouse.redis.Reply.NotSent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies the command listeners. */
final class CommandListeners {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    private final List<CommandListener> listeners = new CopyOnWriteArrayList<>();

    void add(CommandListener listener) {
        listeners.add(listener);
    }

    void concluded(PendingCommand<?> command, Reply<?> reply) {
        if (!listeners.isEmpty()) {
            report(command.call(), reply, reply instanceof NotSent ? 0 : command.nanosSinceSent());
        }
    }

    /** Reports a call that was rejected before it became a command. */
    void unsent(@Nullable ScriptCall call, NotSent<?> reply) {
        if (!listeners.isEmpty()) {
            report(call, reply, 0);
        }
    }

    private void report(@Nullable ScriptCall call, Reply<?> reply, long nanos) {
        var script = call == null ? null : call.script().name();
        List<String> keys = call == null ? List.of() : call.keys();
        for (var listener : listeners) {
            try {
                listener.concluded(script, keys, reply, nanos);
            } catch (RuntimeException e) {
                LOG.error("A command listener failed", e);
            }
        }
    }
}
