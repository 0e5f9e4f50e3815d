package dev.gatehouse.ratelimit;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.ScriptCall;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Runs the limiter's scripts. They go by Redis's time and are told the calendar's windows around it; one that finds itself
 * outside of them says so, has changed nothing, and is run again with those around the time it told.
 */
public final class LimitScripts {

    /** A call in which limits are decided, alone or after something that may be run again. */
    @FunctionalInterface
    public interface LimitCall {

        /**
         * The call as it is when it will be run about then.
         *
         * @param micros since 1970
         */
        ScriptCall at(long micros);

        /** Of the reply, what the limits' script said; null if it was not run. */
        default @Nullable List<Object> ofLimits(List<Object> reply) {
            return reply;
        }
    }

    private final RedisLink link;

    /** How far Redis's clock was found ahead of ours, in microseconds. */
    private volatile long ahead;

    public LimitScripts(RedisLink link) {
        this.link = link;
    }

    boolean isClustered() {
        return link.isClustered();
    }

    CompletionStage<Reply<List<Object>>> run(LimitCall call, Deadline deadline) {
        return link.run(call.at(MicroClock.now() + ahead), deadline).thenCompose(reply -> again(reply, call, deadline));
    }

    /** All of them in one flush; the replies in their order. It completes by the deadline, and never exceptionally. */
    public CompletableFuture<List<Reply<List<Object>>>> runAll(List<LimitCall> calls, Deadline deadline) {
        long now = MicroClock.now() + ahead;
        var replies = link.runAll(calls.stream().map(call -> call.at(now)).toList(), deadline);
        var futures = new CompletableFuture<?>[calls.size()];
        for (int i = 0; i < futures.length; i++) {
            var call = calls.get(i);
            futures[i] = replies.get(i)
                    .thenCompose(reply -> again(reply, call, deadline))
                    .toCompletableFuture();
        }
        return CompletableFuture.allOf(futures).thenApply(_ -> joined(futures));
    }

    @SuppressWarnings("unchecked") // All of them are made right above.
    private static List<Reply<List<Object>>> joined(CompletableFuture<?>[] futures) {
        return Arrays.stream(futures)
                .map(future -> (Reply<List<Object>>) future.join())
                .toList();
    }

    private CompletionStage<Reply<List<Object>>> again(Reply<List<Object>> reply, LimitCall call, Deadline deadline) {
        var now = outsideWindowsAt(reply, call);
        if (now == null) {
            return CompletableFuture.completedStage(reply);
        }
        ahead = now - MicroClock.now();
        // A clock that leaps from one time to another is none to go by. Nothing was charged.
        return link.run(call.at(now), deadline)
                .thenApply(second -> outsideWindowsAt(second, call) == null ? second : new Refused<>("CLOCK"));
    }

    /** The time of a script that found itself outside of the windows it was told; else null. */
    private static @Nullable Long outsideWindowsAt(Reply<List<Object>> reply, LimitCall call) {
        if (!(reply instanceof Answered<List<Object>>(var values))) {
            return null;
        }
        var told = call.ofLimits(values);
        return told != null && told.size() == 2 && told.get(1).equals("clock") ? (Long) told.getFirst() : null;
    }
}
