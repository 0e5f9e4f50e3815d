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
import java.util.function.LongFunction;

/**
 * Runs the limiter's scripts. They go by Redis's time and are told the calendar's windows around it; one that finds itself
 * outside of them says so, has changed nothing, and is run again with those around the time it told.
 */
final class LimitScripts {

    private final RedisLink link;

    /** How far Redis's clock was found ahead of ours, in microseconds. */
    private volatile long ahead;

    LimitScripts(RedisLink link) {
        this.link = link;
    }

    boolean isClustered() {
        return link.isClustered();
    }

    /** @param call made for a time in microseconds */
    CompletionStage<Reply<List<Object>>> run(LongFunction<ScriptCall> call, Deadline deadline) {
        return link.run(call.apply(MicroClock.now() + ahead), deadline)
                .thenCompose(reply -> again(reply, call, deadline));
    }

    /** All of them in one flush. */
    CompletableFuture<List<Reply<List<Object>>>> runAll(List<LongFunction<ScriptCall>> calls, Deadline deadline) {
        long now = MicroClock.now() + ahead;
        var replies = link.runAll(calls.stream().map(call -> call.apply(now)).toList(), deadline);
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

    private CompletionStage<Reply<List<Object>>> again(
            Reply<List<Object>> reply, LongFunction<ScriptCall> call, Deadline deadline) {
        if (!(reply instanceof Answered<List<Object>>(var values)) || !isOutsideWindows(values)) {
            return CompletableFuture.completedStage(reply);
        }
        long now = (Long) values.getFirst();
        ahead = now - MicroClock.now();
        return link.run(call.apply(now), deadline).thenApply(LimitScripts::refusedIfOutsideAgain);
    }

    /** A clock that leaps from one time to another is none to go by. Nothing was changed. */
    private static Reply<List<Object>> refusedIfOutsideAgain(Reply<List<Object>> reply) {
        return reply instanceof Answered<List<Object>>(var values) && isOutsideWindows(values)
                ? new Refused<>("CLOCK")
                : reply;
    }

    private static boolean isOutsideWindows(List<Object> values) {
        return values.size() == 2 && values.get(1).equals("clock");
    }
}
