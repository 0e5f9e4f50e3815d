package dev.gatehouse.redis;

import io.lettuce.core.resource.ClientResources;
import io.netty.util.Timer;
import java.util.concurrent.CompletableFuture;

/** Who runs the driver's event loops, on which requests are written and replies are read, and who watches the time. */
sealed interface EventLoops permits CallersOwnLoop, LoopThreads {

    /** Has the driver use these. */
    ClientResources.Builder use(ClientResources.Builder resources);

    /** Watches the time, once it is started. */
    Timer timer();

    /** Before the timer is used. */
    void startTimer();

    /** Returns when {@code awaited} is done. */
    void await(CompletableFuture<?> awaited);

    /** Has what has arrived by now be read, where nobody would. */
    void look();
}
