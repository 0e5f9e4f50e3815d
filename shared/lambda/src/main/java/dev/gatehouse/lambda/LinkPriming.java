package dev.gatehouse.lambda;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;
import java.util.List;

/**
 * Opens a connection of its own to Redis, runs a script that touches no key, and closes the connection: the driver is loaded
 * and compiled, and the snapshot holds no socket. Without Redis it stops at the first failure.
 */
final class LinkPriming {

    private static final int TIMES = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final ScriptCall SCRIPT =
            ScriptCall.of(Script.of("priming", "return {'OK'}"), List.of("gh:{priming}:priming"), List.of("1"));

    private LinkPriming() {}

    static void run(RedisSettings settings) {
        if (!settings.enabled()) {
            return;
        }
        try (var link = RedisLink.to(settings)) {
            var times = 0;
            while (times < TIMES && answers(link)) {
                times++;
            }
        }
    }

    private static boolean answers(RedisLink link) {
        return link.run(SCRIPT, Deadline.in(PATIENCE)).toCompletableFuture().join() instanceof Answered;
    }
}
