package dev.gatehouse.lambda;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.redis.RedisSettings.ClockSource;
import dev.gatehouse.redis.RedisSettings.Node;
import dev.gatehouse.redis.RedisSettings.Timeouts;
import dev.gatehouse.redis.RedisSettings.Tls;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens a connection, uses it and closes it, all within this process: so the driver is loaded and compiled, and gone again. */
final class LinkRehearsal {

    private static final int TIMES = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Timeouts TIMEOUTS = new Timeouts(PATIENCE, PATIENCE, PATIENCE, PATIENCE, Duration.ZERO);
    private static final ScriptCall NOTHING =
            ScriptCall.of(Script.of("rehearsal", "return {'OK'}"), List.of("rehearsal"), List.of("1"));

    private LinkRehearsal() {}

    /** @throws IllegalStateException if it did not come off */
    static void of(RedisSettings settings) {
        try (var stage = FakeRedis.open()) {
            var tls = settings.tls();
            if (tls != null) {
                // The stage has no certificate; how far this comes is most of what there is to load.
                run(stage, tls, 1);
            }
            if (!run(stage, null, TIMES)) {
                throw new IllegalStateException("the link gave no answer");
            }
        }
    }

    private static boolean run(FakeRedis stage, @Nullable Tls tls, int times) {
        var answered = true;
        try (var link = RedisLink.retrying(settings(stage, tls))) {
            for (int time = 0; time < times; time++) {
                answered &= link.run(NOTHING, Deadline.in(PATIENCE))
                                .toCompletableFuture()
                                .join()
                        instanceof Answered;
            }
        }
        return answered;
    }

    private static RedisSettings settings(FakeRedis stage, @Nullable Tls tls) {
        var node = new Node(stage.host(), stage.port());
        return new RedisSettings(true, List.of(node), false, null, 0, tls, ClockSource.REDIS, TIMEOUTS);
    }
}
