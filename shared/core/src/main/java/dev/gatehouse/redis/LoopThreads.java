package dev.gatehouse.redis;

import io.lettuce.core.resource.ClientResources;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Threads of the driver's own and one for the time, for processes in which many ask at once. */
final class LoopThreads implements EventLoops {

    /** Timeouts come at most this much late. */
    private static final long TICK_MILLIS = 5;

    private final HashedWheelTimer timer =
            new HashedWheelTimer(new DefaultThreadFactory("gatehouse-timer", true), TICK_MILLIS, TimeUnit.MILLISECONDS);

    @Override
    public ClientResources.Builder use(ClientResources.Builder resources) {
        return resources.ioThreadPoolSize(2);
    }

    @Override
    public Timer timer() {
        return timer;
    }

    @Override
    public void startTimer() {
        timer.start();
    }

    @Override
    public void await(CompletableFuture<?> awaited) {
        var _ = awaited.handle((_, _) -> null).join();
    }

    @Override
    public void look() {
        // They do.
    }
}
