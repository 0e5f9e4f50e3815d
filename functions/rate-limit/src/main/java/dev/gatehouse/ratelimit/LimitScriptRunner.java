// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs the limiter's scripts. Scripts use Redis's time and receive the calendar windows around it. A script outside
 * these windows changes nothing and reports its time. It then runs again with the windows around that time.
 */
public final class LimitScriptRunner {

    /** A call that decides limits, alone or after a step that is safe to repeat. */
    @FunctionalInterface
    public interface LimitCall {

        /**
         * Returns the call to run at about {@code micros}.
         *
         * @param micros microseconds since 1970
         */
        ScriptCall at(long micros);

        /** Returns the part of the reply that the limits' script wrote; null if it did not run. */
        default @Nullable ScriptReply ofLimits(ScriptReply reply) {
            return reply;
        }
    }

    /** Sends one script, or several in one flush, by the deadline. */
    private final BiFunction<ScriptCall, Deadline, CompletionStage<Reply<ScriptReply>>> sending;

    private final BiFunction<List<ScriptCall>, Deadline, List<CompletionStage<Reply<ScriptReply>>>> sendingAll;

    /** The lead of Redis's clock over the local one, in microseconds. */
    private volatile long ahead;

    /** Creates a runner that sends each script once. */
    public LimitScriptRunner(RedisLink link) {
        this(link::run, link::runAll);
    }

    private LimitScriptRunner(
            BiFunction<ScriptCall, Deadline, CompletionStage<Reply<ScriptReply>>> sending,
            BiFunction<List<ScriptCall>, Deadline, List<CompletionStage<Reply<ScriptReply>>>> sendingAll) {
        this.sending = sending;
        this.sendingAll = sendingAll;
    }

    /** Returns a runner for scripts that are safe to repeat: it sends those without a reply again. */
    static LimitScriptRunner retrying(RedisLink link) {
        var retryable = new RetryableScripts(link);
        return new LimitScriptRunner(retryable::run, retryable::runAll);
    }

    CompletionStage<Reply<ScriptReply>> run(LimitCall call, Deadline deadline) {
        return sending.apply(call.at(MicroClock.now() + ahead), deadline)
                .thenCompose(reply -> again(reply, call, deadline));
    }

    /**
     * Runs all calls in one flush and returns the replies in their order. Completes by the deadline, and never
     * exceptionally.
     */
    public CompletableFuture<List<Reply<ScriptReply>>> runAll(List<? extends LimitCall> calls, Deadline deadline) {
        long now = MicroClock.now() + ahead;
        var replies = sendingAll.apply(calls.stream().map(call -> call.at(now)).toList(), deadline);
        var futures = new ArrayList<CompletableFuture<Reply<ScriptReply>>>(calls.size());
        for (int i = 0; i < calls.size(); i++) {
            var call = calls.get(i);
            futures.add(replies.get(i)
                    .thenCompose(reply -> again(reply, call, deadline))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(_ -> futures.stream().map(CompletableFuture::join).toList());
    }

    private CompletionStage<Reply<ScriptReply>> again(Reply<ScriptReply> reply, LimitCall call, Deadline deadline) {
        var now = outsideWindowsAt(reply, call);
        if (now == null) {
            return CompletableFuture.completedStage(reply);
        }
        ahead = now - MicroClock.now();
        // A clock that jumps twice is unreliable. Nothing was charged.
        return sending.apply(call.at(now), deadline)
                .thenApply(second -> outsideWindowsAt(second, call) == null ? second : new Refused<>("CLOCK"));
    }

    /** Returns the time of a script that was outside its windows; otherwise null. */
    private static @Nullable Long outsideWindowsAt(Reply<ScriptReply> reply, LimitCall call) {
        if (!(reply instanceof Answered<ScriptReply>(var values))) {
            return null;
        }
        var limits = call.ofLimits(values);
        return limits != null && limits.size() == 2 && limits.has(1, "clock") ? limits.number(0) : null;
    }
}
