// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

/** The current state of a proxied wire: whether bytes flow, and with which delay. */
final class WireState {

    private volatile long delayNanos;
    private boolean held;

    long delayNanos() {
        return delayNanos;
    }

    void delay(long nanos) {
        delayNanos = nanos;
    }

    /** Holds all bytes on the wire, or lets them flow again. */
    synchronized void hold(boolean on) {
        held = on;
        notifyAll();
    }

    /** Waits until bytes flow. */
    synchronized void awaitFlow() throws InterruptedException {
        while (held) {
            wait();
        }
    }
}
