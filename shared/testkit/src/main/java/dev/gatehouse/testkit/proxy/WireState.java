package dev.gatehouse.testkit.proxy;

/** What the wire of a proxy is like just now: whether anything flows, and how long it takes. */
final class WireState {

    private volatile long delayNanos;
    private boolean held;

    long delayNanos() {
        return delayNanos;
    }

    void delay(long nanos) {
        delayNanos = nanos;
    }

    /** Holds all that is under way, or lets it flow again. */
    synchronized void hold(boolean on) {
        held = on;
        notifyAll();
    }

    /** Returns once things flow. */
    synchronized void awaitFlow() throws InterruptedException {
        while (held) {
            wait();
        }
    }
}
