// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One direction of a proxied connection. Keeps the order, delays each chunk, and holds all chunks in a black hole. */
final class ProxyPipe {

    private record Parcel(byte[] bytes, long dueNanos, Runnable onWritten, boolean isLast) {}

    private static final Runnable NOTHING = () -> {};

    private final LinkedBlockingQueue<Parcel> parcels = new LinkedBlockingQueue<>();
    private final OutputStream out;
    private final WireState wire;
    private volatile boolean discarding;

    ProxyPipe(OutputStream out, WireState wire) {
        this.out = new BufferedOutputStream(out, 64 * 1024);
        this.wire = wire;
    }

    void send(byte[] bytes) {
        send(bytes, NOTHING);
    }

    /** Sends bytes. The action runs before the other side can have received them. */
    void send(byte[] bytes, Runnable onWritten) {
        if (!discarding) {
            parcels.add(new Parcel(bytes, due(), onWritten, false));
        }
    }

    /** Drops all later bytes. Earlier ones are delivered. */
    void discard() {
        discarding = true;
    }

    boolean isDiscarding() {
        return discarding;
    }

    /** Runs the action once all earlier bytes have been written. */
    void finish(Runnable then) {
        parcels.add(new Parcel(new byte[0], due(), then, true));
    }

    /** Writes the sent bytes, until finished, interrupted or failed. */
    void run() throws IOException, InterruptedException {
        while (true) {
            var parcel = parcels.take();
            if (parcel.dueNanos - System.nanoTime() > 0) {
                out.flush();
                TimeUnit.NANOSECONDS.sleep(parcel.dueNanos - System.nanoTime());
            }
            wire.awaitFlow();
            if (parcel.isLast) {
                out.flush();
                parcel.onWritten.run();
                return;
            }
            parcel.onWritten.run();
            out.write(parcel.bytes);
            if (parcels.isEmpty()) {
                out.flush();
            }
        }
    }

    private long due() {
        return System.nanoTime() + wire.delayNanos();
    }
}
