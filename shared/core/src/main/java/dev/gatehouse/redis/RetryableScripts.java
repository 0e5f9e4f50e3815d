// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs idempotent scripts. Such a script carries a token: a second run recognizes the first, changes nothing and returns
 * the same reply. A script without a reply is sent again, up to {@value #MAX_RETRIES} times within the deadline, with
 * exponential backoff and full jitter.
 *
 * <p>Must not run scripts that count.
 */
public final class RetryableScripts {

    static final int MAX_RETRIES = 2;
    static final long FIRST_PAUSE_MILLIS = 20;

    private final RedisLink link;

    public RetryableScripts(RedisLink link) {
        this.link = link;
    }

    /** Runs one script. The stage completes by the deadline, and never exceptionally. */
    public CompletionStage<Reply<ScriptReply>> run(ScriptCall call, Deadline deadline) {
        return run(call, deadline, 0);
    }

    /** Runs several scripts, written in one flush, and retries each by itself. The stages are in the order of the calls. */
    public List<CompletionStage<Reply<ScriptReply>>> runAll(List<ScriptCall> calls, Deadline deadline) {
        var replies = link.runAll(calls, deadline);
        return IntStream.range(0, calls.size())
                .mapToObj(i -> retrying(replies.get(i), calls.get(i), deadline, 0))
                .toList();
    }

    private CompletionStage<Reply<ScriptReply>> run(ScriptCall call, Deadline deadline, int retries) {
        return retrying(link.run(call, deadline), call, deadline, retries);
    }

    private CompletionStage<Reply<ScriptReply>> retrying(
            CompletionStage<Reply<ScriptReply>> attempt, ScriptCall call, Deadline deadline, int retries) {
        return attempt.thenCompose(reply -> {
            var pauseNanos = Jitter.between(0, TimeUnit.MILLISECONDS.toNanos(FIRST_PAUSE_MILLIS << retries));
            if (retries == MAX_RETRIES || !isWorthRetrying(reply) || deadline.remainingNanos() <= pauseNanos) {
                return CompletableFuture.completedStage(reply);
            }
            return new CompletableFuture<@Nullable Void>()
                    .completeOnTimeout(null, pauseNanos, TimeUnit.NANOSECONDS)
                    .thenCompose(_ -> run(call, deadline, retries + 1))
                    .thenApply(later -> moreCertain(reply, later));
        });
    }

    /** Returns false if the circuit breaker, the queue or Redis rejected the script: a retry would not help. */
    private static boolean isWorthRetrying(Reply<ScriptReply> reply) {
        return switch (reply) {
            case Answered<ScriptReply> _, Refused<ScriptReply> _ -> false;
            case NotSent<ScriptReply>(var reason) -> reason == FailureReason.NOT_CONNECTED;
            case Unknown<ScriptReply>(var reason) ->
                reason == FailureReason.CONNECTION_LOST || reason == FailureReason.DEADLINE;
        };
    }

    /** Returns the first reply if it is unknown and the second attempt, unsent or rejected, does not settle it. */
    private static Reply<ScriptReply> moreCertain(Reply<ScriptReply> first, Reply<ScriptReply> second) {
        return first instanceof Unknown<ScriptReply> && !(second instanceof Answered) ? first : second;
    }
}
