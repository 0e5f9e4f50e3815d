// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    @Test
    void allRunAtTheSameTime() throws Exception {
        var barrier = new CyclicBarrier(16);
        Threads.together(16, _ -> barrier.await(30, TimeUnit.SECONDS));
    }

    @Test
    void theFirstFailureIsHeardThoughTheOthersHang() {
        assertThatThrownBy(() -> Threads.together(3, thread -> {
                    if (thread == 1) {
                        throw new IllegalStateException("this one");
                    }
                    new CompletableFuture<Void>().join();
                }))
                .hasRootCauseMessage("this one");
    }

    @Test
    void ofManyEachHasAThreadAndTheOneThatFailsIsNamed() throws Exception {
        var barrier = new CyclicBarrier(3);
        Threads.each(new String[] {"a", "b", "c"}, _ -> barrier.await(30, TimeUnit.SECONDS));

        assertThatThrownBy(() -> Threads.each(new String[] {"well", "ill"}, one -> {
                    if (one.equals("ill")) {
                        throw new IllegalStateException("this one");
                    }
                }))
                .cause()
                .isInstanceOf(AssertionError.class)
                .hasMessage("ill: this one");
    }

    @Test
    void whatHangsFailsAndShowsWhereThoughItCannotBeInterrupted() {
        assertThatThrownBy(() -> Threads.together(2, Duration.ofMillis(500), thread -> {
                    if (thread == 1) {
                        new CompletableFuture<Void>().join();
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("CompletableFuture.join");
    }
}
