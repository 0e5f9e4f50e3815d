// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.CircuitBreaker.Permit;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.redis.lettuce.RedisConnection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A command from its submission to its reply, which completes by the deadline.
 *
 * <p>A command waits for a connection, is sent, and is done; or it ends while it waits. Each transition happens at
 * most once. A command reported as not sent was never sent. The evaluator receives each outcome once, before the caller.
 */
final class PendingCommand<T extends @Nullable Object> implements Runnable {

    /** Determines how the outcome counts. */
    enum Kind {
        COMMAND,
        /** Does not count. */
        UNTRACKED,
        /** Accompanies another command, to show whether Redis accepts writes. */
        WRITE_PROBE
    }

    private enum Phase {
        WAITING,
        SENT,
        DONE
    }

    private final ResultEvaluator evaluator;
    private final Permit permit;
    private final Deadline deadline;
    private final @Nullable ScriptCall call;
    private final Kind kind;
    private final CompletableFuture<Reply<T>> reply = new CompletableFuture<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);
    private volatile @Nullable Runnable cancelTimeout;
    private volatile long dueNanos;
    private volatile @Nullable RedisConnection connection;
    private volatile @Nullable Runnable cancellation;
    private volatile boolean cutShort;
    /** Written before the transition to {@code SENT}, and read after it. */
    private long sentNanos;

    /** @param call null if the command is not a script */
    PendingCommand(ResultEvaluator evaluator, Kind kind, Permit permit, Deadline deadline, @Nullable ScriptCall call) {
        this.evaluator = evaluator;
        this.kind = kind;
        this.permit = permit;
        this.deadline = deadline;
        this.call = call;
    }

    PendingCommand<ScriptReply> writeProbe(ScriptCall write) {
        return new PendingCommand<>(evaluator, Kind.WRITE_PROBE, permit, deadline, write);
    }

    Kind kind() {
        return kind;
    }

    CompletableFuture<Reply<T>> reply() {
        return reply;
    }

    Permit permit() {
        return permit;
    }

    @Nullable
    ScriptCall call() {
        return call;
    }

    ScriptCall scriptCall() {
        return Objects.requireNonNull(call);
    }

    /** Returns the nanoseconds since the command was sent; undefined before. */
    long nanosSinceSent() {
        return System.nanoTime() - sentNanos;
    }

    @Nullable
    RedisConnection connection() {
        return connection;
    }

    /** Returns whether the deadline left less time than the command timeout, so that a timeout proves nothing. */
    boolean isCutShort() {
        return cutShort;
    }

    /** Starts the timeout for the wait for a connection. */
    void awaitConnection(DeadlineTimer timer, long commandNanos) {
        cutShort = deadline.remainingNanos() < commandNanos;
        arm(timer, deadline.nanoTime(), System.nanoTime());
    }

    /**
     * Makes the transition to sent, and starts the command timeout. The caller sends the command if this returns true.
     *
     * @return false if the command is done
     */
    boolean markSent(DeadlineTimer timer, RedisConnection on, long commandNanos) {
        var now = System.nanoTime();
        sentNanos = now;
        if (!phase.compareAndSet(Phase.WAITING, Phase.SENT)) {
            return false;
        }
        disarm();
        connection = on;
        var commandDue = now + commandNanos;
        cutShort = deadline.nanoTime() - commandDue < 0;
        arm(timer, cutShort ? deadline.nanoTime() : commandDue, now);
        return !isDone();
    }

    /** Sets the action that removes the command from the connection's queue after a timeout. */
    void onTimeout(Runnable cancellation) {
        this.cancellation = cancellation;
    }

    boolean isDone() {
        return phase.get() == Phase.DONE;
    }

    private void arm(DeadlineTimer timer, long due, long now) {
        dueNanos = due;
        try {
            cancelTimeout = timer.schedule(this, Math.max(due - now, 0));
        } catch (IllegalStateException e) {
            // The timer is stopped: handled below.
        }
        if (evaluator.isClosed()) {
            linkClosed();
        }
        if (isDone()) {
            disarm();
        }
    }

    private void disarm() {
        var cancel = cancelTimeout;
        if (cancel != null) {
            cancel.run();
        }
    }

    /** Ends the command at its deadline. */
    @Override
    public void run() {
        if (System.nanoTime() - dueNanos < 0) {
            return; // The timeout of the wait for a connection, cancelled too late.
        }
        if (endUnsent(FailureReason.DEADLINE)) {
            return;
        }
        if (complete(new Unknown<>(FailureReason.DEADLINE))) {
            var pending = cancellation;
            if (pending != null) {
                pending.run();
            }
        }
    }

    /** Ends the command, because the timer has stopped. */
    void linkClosed() {
        if (!endUnsent(FailureReason.CLOSED)) {
            complete(new Unknown<>(FailureReason.CLOSED));
        }
    }

    /** Ends the command unsent. Returns false if it was sent or is done. */
    boolean endUnsent(FailureReason reason) {
        return phase.compareAndSet(Phase.WAITING, Phase.DONE) && finish(new NotSent<>(reason));
    }

    /** Ends a sent command with its outcome. Returns false if it is already done. */
    boolean complete(Reply<T> outcome) {
        return phase.compareAndSet(Phase.SENT, Phase.DONE) && finish(outcome);
    }

    /** Ends a sent command with an exception from the caller's code. */
    void completeExceptionally(Throwable fault) {
        if (phase.compareAndSet(Phase.SENT, Phase.DONE)) {
            disarm();
            evaluator.inconclusive(this);
            reply.completeExceptionally(fault);
        }
    }

    private boolean finish(Reply<T> outcome) {
        disarm();
        try {
            evaluator.evaluate(this, outcome);
        } finally {
            reply.complete(outcome);
        }
        return true;
    }
}
