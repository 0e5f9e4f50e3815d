package dev.gatehouse.redis;

import dev.gatehouse.redis.CircuitBreaker.Permit;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Unknown;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One question to Redis from the moment it is asked until its reply is known, which is at its deadline at the latest.
 *
 * <p>It waits for a connection, is sent, and is done; or it is given up while it waits. Each step is taken once, so what
 * is told as not sent was never sent, and the judgement hears of each outcome once, before the asker does.
 */
final class PendingCommand<T extends @Nullable Object> implements TimerTask {

    /** What hangs on it. */
    private enum Kind {
        QUESTION,
        ASIDE,
        TRIAL
    }

    private enum Phase {
        WAITING,
        SENT,
        DONE
    }

    private final ResultEvaluator judgement;
    private final Permit permit;
    private final Deadline deadline;
    private final @Nullable ScriptCall call;
    private final Kind kind;
    private final CompletableFuture<Reply<T>> reply = new CompletableFuture<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);
    private volatile @Nullable Timeout timeout;
    private volatile long dueNanos;
    private volatile @Nullable Connection connection;
    private volatile @Nullable Runnable cancelling;
    private volatile boolean cutShort;
    /** Written before the step to sent, and read after it. */
    private long sentNanos;

    /** @param call what is asked; null if it is no script */
    PendingCommand(ResultEvaluator judgement, Permit permit, Deadline deadline, @Nullable ScriptCall call) {
        this(judgement, permit, deadline, call, Kind.QUESTION);
    }

    private PendingCommand(
            ResultEvaluator judgement, Permit permit, Deadline deadline, @Nullable ScriptCall call, Kind kind) {
        this.judgement = judgement;
        this.permit = permit;
        this.deadline = deadline;
        this.call = call;
        this.kind = kind;
    }

    /** One that is no script, and whose outcome is held neither for Redis nor against it. */
    static <T extends @Nullable Object> PendingCommand<T> unjudged(
            ResultEvaluator judgement, Permit permit, Deadline deadline) {
        return new PendingCommand<>(judgement, permit, deadline, null, Kind.ASIDE);
    }

    /** A write that goes along with this, to show whether Redis takes any. */
    PendingCommand<List<Object>> trial(ScriptCall write) {
        return new PendingCommand<>(judgement, permit, deadline, write, Kind.TRIAL);
    }

    boolean isQuestion() {
        return kind == Kind.QUESTION;
    }

    CompletableFuture<Reply<T>> reply() {
        return reply;
    }

    Permit permit() {
        return permit;
    }

    /** What is asked; null if it is no script. */
    @Nullable
    ScriptCall call() {
        return call;
    }

    /** How long ago it was sent; only for one that was. */
    long nanosSinceSent() {
        return System.nanoTime() - sentNanos;
    }

    /** The connection it was sent on; null before. */
    @Nullable
    Connection connection() {
        return connection;
    }

    /** Whether its deadline left Redis less time than a command may take, so that a timeout proves nothing. */
    boolean isCutShort() {
        return cutShort;
    }

    /** Watches the deadline while there is no connection to send it on. */
    void awaitConnection(Timer timer, long commandNanos) {
        cutShort = deadline.remainingNanos() < commandNanos;
        arm(timer, deadline.nanoTime(), System.nanoTime());
    }

    /** Takes the step to sent; false when it has been given up. From now on its outcome is Redis's. */
    boolean commit(Timer timer, Connection on, long commandNanos) {
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

    /** How to cancel it when time is up. */
    void sent(Runnable cancelling) {
        this.cancelling = cancelling;
    }

    boolean isDone() {
        return phase.get() == Phase.DONE;
    }

    private void arm(Timer timer, long due, long now) {
        dueNanos = due;
        try {
            timeout = timer.newTimeout(this, Math.max(due - now, 0), TimeUnit.NANOSECONDS);
        } catch (IllegalStateException e) {
            // The timer is stopped, as below.
        }
        if (judgement.isClosed()) {
            linkClosed();
        }
        if (isDone()) {
            disarm();
        }
    }

    private void disarm() {
        var armed = timeout;
        if (armed != null) {
            armed.cancel();
        }
    }

    /** The time is up. */
    @Override
    public void run(Timeout due) {
        if (System.nanoTime() - dueNanos < 0) {
            return; // The watch over the waiting, which came too late to be called off.
        }
        if (giveUp(FailureReason.DEADLINE)) {
            return;
        }
        if (settle(new Unknown<>(FailureReason.DEADLINE))) {
            var pending = cancelling;
            if (pending != null) {
                pending.run();
            }
        }
    }

    /** Nobody watches the time any more. */
    void linkClosed() {
        if (!giveUp(FailureReason.CLOSED)) {
            settle(new Unknown<>(FailureReason.CLOSED));
        }
    }

    /** Ends it unsent; false when it was sent or is done. */
    boolean giveUp(FailureReason trouble) {
        return phase.compareAndSet(Phase.WAITING, Phase.DONE) && conclude(new NotSent<>(trouble));
    }

    /** Ends it with what came of sending it; false when it is done already. */
    boolean settle(Reply<T> outcome) {
        return phase.compareAndSet(Phase.SENT, Phase.DONE) && conclude(outcome);
    }

    /** Ends it with a fault of its asker. */
    void settleFaulty(Throwable fault) {
        if (phase.compareAndSet(Phase.SENT, Phase.DONE)) {
            disarm();
            judgement.learnedNothing(this);
            reply.completeExceptionally(fault);
        }
    }

    private boolean conclude(Reply<T> outcome) {
        disarm();
        try {
            switch (kind) {
                case QUESTION -> judgement.concluded(this, outcome);
                case ASIDE -> judgement.passedOver(this, outcome);
                case TRIAL -> judgement.tried(this, outcome);
            }
        } finally {
            reply.complete(outcome);
        }
        return true;
    }
}
