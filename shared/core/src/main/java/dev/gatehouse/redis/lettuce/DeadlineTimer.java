// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.DefaultThreadFactory;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks at their deadlines, on one thread that is shared with Lettuce. A task runs at most 5 ms late plus the time
 * that other tasks take. A context stops its timer, whether or not a link has used it.
 */
@Singleton
public final class DeadlineTimer {

    private static final long TICK_MILLIS = 5;

    private final HashedWheelTimer wheel =
            new HashedWheelTimer(new DefaultThreadFactory("gatehouse-timer", true), TICK_MILLIS, TimeUnit.MILLISECONDS);

    private record Task(Runnable work) implements TimerTask {

        @Override
        public void run(Timeout timeout) {
            work.run();
        }
    }

    /** Starts the thread. Must not be called while another thread calls {@link #stop}, or it waits forever. */
    public void start() {
        wheel.start();
    }

    /**
     * Schedules {@code work}, and returns an action that cancels it if it has not run yet.
     *
     * @throws IllegalStateException if the timer is stopped
     */
    public Runnable schedule(Runnable work, long delayNanos) {
        return wheel.newTimeout(new Task(work), delayNanos, TimeUnit.NANOSECONDS)::cancel;
    }

    /** Returns a stage that completes like {@code stage}, or fails with a {@link SocketTimeoutException} after the limit, or at once if the timer is stopped. */
    <T extends @Nullable Object> CompletableFuture<T> limited(CompletionStage<T> stage, Duration limit) {
        var result = new CompletableFuture<T>();
        Runnable cancel;
        try {
            cancel = schedule(() -> result.completeExceptionally(new SocketTimeoutException()), limit.toNanos());
        } catch (IllegalStateException stopped) {
            return CompletableFuture.failedFuture(stopped);
        }
        stage.whenComplete((value, thrown) -> {
            cancel.run();
            if (thrown == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(thrown);
            }
        });
        return result;
    }

    /** Stops the timer and returns the tasks that were neither run nor cancelled. They never run. */
    @PreDestroy
    public List<Runnable> stop() {
        var pending = new ArrayList<Runnable>();
        for (var timeout : wheel.stop()) {
            if (timeout.task() instanceof Task(var work)) {
                pending.add(work);
            }
        }
        return pending;
    }

    Timer wheel() {
        return wheel;
    }
}
