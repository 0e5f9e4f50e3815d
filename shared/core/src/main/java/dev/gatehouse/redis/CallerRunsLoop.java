package dev.gatehouse.redis;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop of Netty's without a thread: one of those who wait runs it meanwhile, so that a reply is read by the thread
 * that wants it. Where one thread asks and waits, as on Lambda, this saves it two changes of thread a question. While nobody
 * waits, nothing is read and no time is up; what has been sent in the meantime is read before that.
 *
 * <p>After Netty's {@code ManualIoEventLoop}, which one thread has to run for ever.
 */
final class CallerRunsLoop extends AbstractScheduledEventExecutor implements IoEventLoop {

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Promise<Void> termination = new DefaultPromise<>(ImmediateEventExecutor.INSTANCE);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Blocking blocking = new Blocking();
    /** Who runs it; changes hands under the lock of this. */
    private volatile @Nullable Thread runner;
    /** Made by the first who runs it: it has open files, and nothing may be open when a snapshot is taken. */
    private volatile @Nullable IoHandler io;

    private volatile boolean ending;

    /**
     * Returns when {@code awaited} is done, or the loop has ended. Runs it meanwhile, unless another thread does.
     *
     * @throws IllegalStateException on the thread that is running it, which would wait for itself
     */
    void runUntil(CompletableFuture<?> awaited) {
        if (awaited.isDone()) {
            return;
        }
        if (inEventLoop()) {
            throw new IllegalStateException("what follows on a reply must not wait for another");
        }
        var _ = awaited.whenComplete((_, _) -> wakeAll());
        if (!obtainTurn(awaited)) {
            return;
        }
        try {
            while (!awaited.isDone() && !ended.isDone()) {
                turn(blocking.until(awaited));
            }
        } finally {
            leave();
        }
    }

    /** Sends and reads what there is to send and read at this moment, unless another thread runs it anyway. */
    void runNow() {
        // Without a handler nothing can have arrived.
        if (io != null && runner == null && tryTurn()) {
            try {
                turn(Polling.INSTANCE);
            } finally {
                leave();
            }
        }
    }

    /** False when {@code awaited} was done before, or the loop has ended. */
    private synchronized boolean obtainTurn(CompletableFuture<?> awaited) {
        var interrupted = false;
        while (!tryTurn() && !awaited.isDone() && !ended.isDone()) {
            try {
                wait();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return inEventLoop();
    }

    private synchronized boolean tryTurn() {
        if (runner != null || ended.isDone()) {
            return false;
        }
        runner = Thread.currentThread();
        return true;
    }

    private synchronized void leave() {
        runner = null;
        notifyAll();
    }

    private void turn(IoHandlerContext context) {
        var outer = ThreadExecutorMap.setCurrentExecutor(this);
        try {
            runTasks();
            // First what has arrived, and only then what has waited for it too long.
            handler().run(context);
            fetchFromScheduledTaskQueue(tasks);
            runTasks();
            if (ending) {
                end();
            }
        } finally {
            ThreadExecutorMap.setCurrentExecutor(outer);
        }
    }

    private void runTasks() {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            safeExecute(task);
        }
    }

    private IoHandler handler() {
        var handler = io;
        if (handler == null) {
            handler = NioIoHandler.newFactory().newHandler(this);
            handler.initialize();
            io = handler;
        }
        return handler;
    }

    private void end() {
        cancelScheduledTasks();
        handler().prepareToDestroy();
        runTasks();
        handler().destroy();
        ended.complete(null);
        termination.trySuccess(null);
        runTasks();
    }

    @Override
    public void execute(Runnable task) {
        if (ended.isDone()) {
            throw new RejectedExecutionException("the event loop has ended");
        }
        tasks.add(task);
        wakeUp();
    }

    /** Who is about to run it looks at the tasks after it is known as the runner. */
    private void wakeUp() {
        var running = runner;
        var handler = io;
        if (running != null && handler != null && running != Thread.currentThread()) {
            handler.wakeup();
        }
    }

    /** Wakes those, too, who wait until they may run it: what they await may be done by now. */
    private void wakeAll() {
        synchronized (this) {
            notifyAll();
        }
        wakeUp();
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return runner == thread;
    }

    @Override
    public Future<IoRegistration> register(IoHandle handle) {
        Promise<IoRegistration> registered = newPromise();
        if (inEventLoop()) {
            register(handle, registered);
        } else {
            execute(() -> register(handle, registered));
        }
        return registered;
    }

    private void register(IoHandle handle, Promise<IoRegistration> registered) {
        try {
            registered.setSuccess(handler().register(handle));
        } catch (Exception e) {
            registered.setFailure(e);
        }
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own bootstrap calls these.
    public ChannelFuture register(Channel channel) {
        return register(new DefaultChannelPromise(channel, this));
    }

    @Override
    @SuppressWarnings("deprecation")
    public ChannelFuture register(ChannelPromise registered) {
        return register(registered.channel(), registered);
    }

    @Override
    @SuppressWarnings("deprecation")
    public ChannelFuture register(Channel channel, ChannelPromise registered) {
        channel.unsafe().register(this, registered);
        return registered;
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return NioIoHandle.class.isAssignableFrom(handleType);
    }

    @Override
    public boolean isIoType(Class<? extends IoHandler> handlerType) {
        return handlerType == NioIoHandler.class;
    }

    @Override
    public IoEventLoop next() {
        return this;
    }

    @Override
    public @Nullable IoEventLoopGroup parent() {
        return null;
    }

    /** Closes what is connected and ends it, at once; on another thread than the one that runs it, waits for that. */
    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        ending = true;
        if (!inEventLoop()) {
            wakeUp();
            runUntil(ended);
        }
        return termination;
    }

    @Override
    @Deprecated
    public void shutdown() {
        var _ = shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Override
    public Future<?> terminationFuture() {
        return termination;
    }

    @Override
    public boolean isShuttingDown() {
        return ending;
    }

    @Override
    public boolean isShutdown() {
        return ended.isDone();
    }

    @Override
    public boolean isTerminated() {
        return ended.isDone();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return termination.await(timeout, unit);
    }

    private final class Blocking implements IoHandlerContext {

        private CompletableFuture<?> awaited = ended;

        Blocking until(CompletableFuture<?> future) {
            awaited = future;
            return this;
        }

        @Override
        public boolean canBlock() {
            return tasks.isEmpty() && !hasScheduledTasks() && !awaited.isDone() && !ending;
        }

        @Override
        public long delayNanos(long nowNanos) {
            return CallerRunsLoop.this.delayNanos(nowNanos, Long.MAX_VALUE);
        }

        @Override
        public long deadlineNanos() {
            return nextScheduledTaskDeadlineNanos();
        }
    }

    private enum Polling implements IoHandlerContext {
        INSTANCE;

        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long nowNanos) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }
}
