package dev.gatehouse.redis;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.util.Timer;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One loop that the callers run while they wait, for processes that serve one request at a time. */
final class CallersOwnLoop implements EventLoops, EventLoopGroupProvider {

    private final CallerRunsLoop loop = new CallerRunsLoop();
    private final LoopTimer timer = new LoopTimer(loop);

    @Override
    public ClientResources.Builder use(ClientResources.Builder resources) {
        return resources.eventLoopGroupProvider(this);
    }

    @Override
    public Timer timer() {
        return timer;
    }

    @Override
    public void startTimer() {
        // Whoever waits runs it.
    }

    @Override
    public void await(CompletableFuture<?> awaited) {
        loop.runUntil(awaited);
    }

    @Override
    public void look() {
        loop.runNow();
    }

    @Override
    @SuppressWarnings("unchecked") // The driver takes it for whatever it asked for, and asks for what can do TCP.
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
        return (T) loop;
    }

    @Override
    public int threadPoolSize() {
        return 1;
    }

    @Override
    public Future<Boolean> release(EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
        return shutdown(quietPeriod, timeout, unit);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
        var _ = loop.shutdownGracefully(quietPeriod, timeout, unit);
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }
}
