// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The workers of one drain. Thread-safe. */
final class WorkerGroup {

    private static final long PAUSE_MILLIS = 1_000;

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean isStopped;
    private int workers;
    private int idle;

    /** @param workers the number of workers, each of which calls {@link #end} */
    WorkerGroup(int workers) {
        this.workers = workers;
    }

    /** Makes all workers begin no other work. */
    void stop() {
        isStopped = true;
    }

    boolean isStopped() {
        return isStopped;
    }

    /**
     * Waits a second at most while another worker works: jobs that become due meanwhile need not wait for its end.
     *
     * @return false if none works, so that the drain is over
     */
    boolean pauseWhileOthersWork() {
        rest();
        try {
            var _ = finished.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return resume();
    }

    private synchronized void rest() {
        idle++;
        finishIfIdle();
    }

    private synchronized boolean resume() {
        if (finished.getCount() == 0) {
            return false;
        }
        idle--;
        return true;
    }

    /** Reports that a worker has ended. */
    synchronized void end() {
        workers--;
        finishIfIdle();
    }

    private void finishIfIdle() {
        if (idle >= workers) {
            finished.countDown();
        }
    }
}
