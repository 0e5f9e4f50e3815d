// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP port of 127.0.0.1.
 *
 * <p>Free ports are taken from 12000 to 21999, below the range from which systems take the ports of outgoing
 * connections: so that a server that was stopped finds its port free when it starts again. A cluster node's bus port is
 * its port plus 10000, which stays below that range, too.
 */
public record LoopbackPort(int number) {

    public static final String HOST = "127.0.0.1";

    private static final int LOWEST = 12_000;
    private static final int BEYOND = 22_000;
    private static final int CLUSTER_BUS_OFFSET = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private static final Set<Integer> ISSUED = ConcurrentHashMap.newKeySet();

    /**
     * Returns a port on which no process listens. Another process may take it first, but no other caller in this one
     * gets it: a client that looks for a stopped server would find that of another test.
     */
    public static LoopbackPort free() {
        for (var attempt = 0; attempt < 100_000; attempt++) {
            var port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
            if (isFree(port) && isFree(port + CLUSTER_BUS_OFFSET) && ISSUED.add(port)) {
                return new LoopbackPort(port);
            }
        }
        throw new IllegalStateException("no free port between %d and %d".formatted(LOWEST, BEYOND));
    }

    public static InetAddress address() {
        try {
            return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns {@link #listen(int)} with a long backlog. */
    public ServerSocket listen() throws IOException {
        return listen(512);
    }

    /**
     * Returns a listening socket on this port. Where this process has just closed one there, waits until it is free: a
     * child process that another thread is starting holds the closed socket, too, for a moment.
     *
     * @param backlog the most connections that wait to be accepted
     */
    public ServerSocket listen(int backlog) throws IOException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return listenNow(backlog);
            } catch (BindException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private ServerSocket listenNow(int backlog) throws IOException {
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address(), number), backlog);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static boolean isFree(int port) {
        try (var ignored = new LoopbackPort(port).listenNow(1)) {
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
