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

/**
 * Runs scripts that may be run twice, because the second time they do nothing and say the same: those that carry a token
 * of their own by which they know what they did. So where no reply came they are sent again, up to
 * {@value #MOST_RETRIES} times and within the deadline, each time after a pause at random that may be twice as long.
 *
 * <p>A script that counts does not belong here.
 */
public final class RetryableScripts {

    static final int MOST_RETRIES = 2;
    static final long FIRST_PAUSE_MILLIS = 20;

    private final RedisLink link;

    public RetryableScripts(RedisLink link) {
        this.link = link;
    }

    /** Runs one script. The stage completes by the deadline, and never exceptionally. */
    public CompletionStage<Reply<List<Object>>> run(ScriptCall call, Deadline deadline) {
        return run(call, deadline, 0);
    }

    private CompletionStage<Reply<List<Object>>> run(ScriptCall call, Deadline deadline, int retries) {
        return link.run(call, deadline).thenCompose(reply -> {
            var pauseNanos = Chance.between(0, TimeUnit.MILLISECONDS.toNanos(FIRST_PAUSE_MILLIS << retries));
            if (retries == MOST_RETRIES || !isWorthRetrying(reply) || deadline.remainingNanos() <= pauseNanos) {
                return CompletableFuture.completedStage(reply);
            }
            var pause = CompletableFuture.delayedExecutor(pauseNanos, TimeUnit.NANOSECONDS, Runnable::run);
            return CompletableFuture.runAsync(() -> {}, pause)
                    .thenCompose(_ -> run(call, deadline, retries + 1))
                    .thenApply(later -> moreCertain(reply, later));
        });
    }

    /** What the circuit or the queue turned away has had its answer, and what Redis refused would be refused again. */
    private static boolean isWorthRetrying(Reply<List<Object>> reply) {
        return switch (reply) {
            case Answered<List<Object>> _, Refused<List<Object>> _ -> false;
            case NotSent<List<Object>>(var trouble) -> trouble == FailureReason.NOT_CONNECTED;
            case Unknown<List<Object>>(var trouble) ->
                trouble == FailureReason.CONNECTION_LOST || trouble == FailureReason.DEADLINE;
        };
    }

    /** That the second was not sent, or refused, tells nothing of what became of the first. */
    private static Reply<List<Object>> moreCertain(Reply<List<Object>> first, Reply<List<Object>> second) {
        return first instanceof Unknown<List<Object>> && !(second instanceof Answered) ? first : second;
    }
}
