package dev.gatehouse.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears what came of all that was asked of Redis: names, never values. Called on the thread that brought the reply, before
 * its asker hears of it; must not block, and every nanosecond it takes is one of each decision.
 */
@FunctionalInterface
public interface CommandListener {

    /**
     * One question has its reply.
     *
     * @param script its name; null: it was no script but another command
     * @param keys of the script, in which subjects are hashed; empty with another command
     * @param reply what came of it; its value is the asker's
     * @param nanos from sending to reply; 0 if nothing was sent
     */
    void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos);
}
