package dev.gatehouse.redis;

import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Netty's timer on an event loop, instead of a thread that looks at the clock all day. */
final class LoopTimer implements Timer {

    private final EventExecutor loop;
    private final Set<Timeout> pending = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    LoopTimer(EventExecutor loop) {
        this.loop = loop;
    }

    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
        var timeout = new Due(task);
        pending.add(timeout);
        try {
            timeout.scheduled = loop.schedule(timeout, delay, unit);
        } catch (RejectedExecutionException e) {
            pending.remove(timeout);
            throw new IllegalStateException(e);
        }
        if (stopped && pending.remove(timeout)) {
            callOff(timeout.scheduled);
            throw new IllegalStateException("the timer is stopped");
        }
        return timeout;
    }

    /** Those that were neither run nor cancelled; they never will be run. */
    @Override
    public Set<Timeout> stop() {
        stopped = true;
        var unfinished = Set.copyOf(pending);
        pending.clear();
        return unfinished;
    }

    private static void callOff(Future<?> scheduled) {
        try {
            scheduled.cancel(false);
        } catch (RejectedExecutionException _) {
            // The loop has ended and runs nothing any more.
        }
    }

    private final class Due implements Timeout, Runnable {

        private final TimerTask task;
        private volatile boolean cancelled;
        private volatile @Nullable Future<?> scheduled;

        Due(TimerTask task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (pending.remove(this)) {
                try {
                    task.run(this);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public boolean cancel() {
            if (!pending.remove(this)) {
                return false;
            }
            cancelled = true;
            var running = scheduled;
            if (running != null) {
                callOff(running);
            }
            return true;
        }

        @Override
        public Timer timer() {
            return LoopTimer.this;
        }

        @Override
        public TimerTask task() {
            return task;
        }

        @Override
        public boolean isExpired() {
            return !cancelled && !pending.contains(this);
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }
}
