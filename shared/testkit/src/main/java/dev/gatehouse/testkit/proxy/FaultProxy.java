// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import dev.gatehouse.testkit.process.LoopbackPort;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A wire to Redis with faults: a TCP proxy on 127.0.0.1. Any thread may switch the faults while the proxy runs. At first
 * it passes everything.
 *
 * <p>There are three kinds of fault, which may be combined: of connections ({@link #refuse}, {@link #ignoreConnects},
 * {@link #reset}, {@link #halfClose}, {@link #cutConnections}), of the wire ({@link #blackHole}, {@link #delay}) and of
 * single commands (those named {@code inject}, {@code swallow} and {@code truncate}; the last one armed replaces the
 * one before). {@link #pass} ends them all.
 *
 * <p>Faults of commands affect EVAL and EVALSHA, or what {@link #affecting} selects, so that a client's HELLO and
 * PING pass. They need to read the commands, and so do not work on TLS, which passes as bytes; all others do.
 *
 * <p>A reply that is lost takes all later replies of its connection with it, as on a real wire: otherwise the client
 * would take the reply to its next command for the one that it misses.
 *
 * <p>The proxy adds about a tenth of a millisecond to a round trip: what measures latency goes to Redis directly.
 */
public final class FaultProxy implements AutoCloseable {

    private static final Predicate<List<String>> SCRIPTS = words ->
            words.getFirst().equalsIgnoreCase("EVALSHA") || words.getFirst().equalsIgnoreCase("EVAL");
    private static final long ALWAYS = Long.MAX_VALUE;

    private final InetSocketAddress target;
    private final LoopbackPort port;
    private final WireState wire = new WireState();
    private final Set<ProxyConnection> connections = ConcurrentHashMap.newKeySet();
    private final ProxyCounts counts = new ProxyCounts();
    private volatile Predicate<List<String>> affected = SCRIPTS;
    private volatile ReplyFault.Armed armed;
    private volatile boolean resetting;
    private final AtomicInteger stillToReset = new AtomicInteger();
    private ServerSocket listener;
    private FullBacklogListener fullListener;
    private Thread acceptor;

    private FaultProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.port = LoopbackPort.free();
        listen();
    }

    /** Starts a proxy on a free port in front of the server, which may start later. */
    public static FaultProxy inFrontOf(RedisProcess redis) {
        return inFrontOf(redis.host(), redis.port());
    }

    /** Starts a proxy on a free port in front of the address, whose server may start later. */
    public static FaultProxy inFrontOf(String host, int port) {
        try {
            return new FaultProxy(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String host() {
        return LoopbackPort.HOST;
    }

    public int port() {
        return port.number();
    }

    /** Ends every fault. Bytes in a black hole are delivered; a connection that lost a reply stays silent. */
    public synchronized void pass() {
        armed = null;
        resetting = false;
        stillToReset.set(0);
        wire.delay(0);
        wire.hold(false);
        if (listener == null) {
            stopListening();
            try {
                listen();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Refuses new connections. Open ones go on. */
    public synchronized void refuse() {
        stopListening();
    }

    /** Lets new connections hang until their connect timeout, as if packets were dropped. Open ones go on. */
    public synchronized void ignoreConnects() {
        stopListening();
        try {
            fullListener = new FullBacklogListener(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Resets (RST) the open connections, and every new one as soon as it is accepted. */
    public synchronized void reset() {
        resetting = true;
        cutConnections();
    }

    /** Resets (RST) the next {@code connections} new connections as soon as they are accepted. */
    public void resetNext(int connections) {
        stillToReset.set(connections);
    }

    /** Resets (RST) the open connections once. */
    public void cutConnections() {
        connections.forEach(ProxyConnection::reset);
    }

    /** Closes (FIN) the open connections towards the client. Bytes that it still sends go on to Redis. */
    public void halfClose() {
        connections.forEach(ProxyConnection::halfClose);
    }

    /**
     * Stops all bytes in both directions, even the end of a connection, until {@link #pass} delivers them. Connections
     * stay open, and new ones are accepted.
     */
    public void blackHole() {
        wire.hold(true);
    }

    /** Delays all bytes by {@code eachWay} in each direction, and so a round trip by twice that. */
    public void delay(Duration eachWay) {
        wire.delay(eachWay.toNanos());
    }

    /** Selects the commands, by their words, that faults armed from now on affect. */
    public FaultProxy affecting(Predicate<List<String>> commands) {
        affected = commands;
        return this;
    }

    /** Replies to affected commands in place of Redis, such as {@code -LOADING Redis is loading}. */
    public void inject(String reply) {
        arm(ALWAYS, ReplyFault.Inject.error(reply));
    }

    /** Replies like {@link #inject}, to {@code times} commands. */
    public void injectNext(int times, String reply) {
        arm(times, ReplyFault.Inject.error(reply));
    }

    /** Drops the replies to affected commands, which Redis executes. The connections stay open. */
    public void swallowReplies() {
        arm(ALWAYS, new ReplyFault.Swallow(false));
    }

    /** Drops like {@link #swallowReplies}, for one command. Other connections go on. */
    public void swallowNextReply() {
        arm(1, new ReplyFault.Swallow(false));
    }

    /** Resets the connection in place of the reply to the next affected command, which Redis executes. */
    public void swallowNextReplyAndReset() {
        arm(1, new ReplyFault.Swallow(true));
    }

    /** Resets the connection in place of each reply to affected commands, which Redis executes. */
    public void swallowRepliesAndReset() {
        arm(ALWAYS, new ReplyFault.Swallow(true));
    }

    /**
     * Passes the first {@code bytes} of the reply to the next affected command, which Redis executes; then closes the
     * connection.
     */
    public void truncateNextReply(int bytes) {
        arm(1, new ReplyFault.Truncate(bytes));
    }

    /** Returns the traffic so far; {@link ProxyTraffic#since} returns that between two snapshots. */
    public ProxyTraffic traffic() {
        return counts.snapshot(Math.toIntExact(
                connections.stream().filter(ProxyConnection::isOpen).count()));
    }

    /** Ends the proxy and all its connections, and waits for their threads to end. */
    @Override
    public synchronized void close() {
        resetting = true;
        stopListening();
        try {
            for (var connection : connections) {
                connection.end();
                connection.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void arm(long times, ReplyFault fault) {
        armed = ReplyFault.Armed.forNext(times, fault, affected);
    }

    private ReplyFault faultFor(List<String> command) {
        var fault = armed;
        return fault == null ? null : fault.affecting(command);
    }

    private void listen() throws IOException {
        var opened = port.listen();
        listener = opened;
        acceptor = Thread.ofVirtual().name("fault-proxy-acceptor").start(() -> acceptUntilClosed(opened));
    }

    private void stopListening() {
        try (var open = listener;
                var full = fullListener) {
            listener = null;
            fullListener = null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            // The port is free only when no thread waits on it any more.
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acceptUntilClosed(ServerSocket opened) {
        while (true) {
            try {
                admit(opened.accept());
            } catch (IOException e) {
                if (opened.isClosed()) {
                    return;
                }
            }
        }
    }

    private void admit(Socket client) throws IOException {
        counts.connectionsAccepted.increment();
        var connection = new ProxyConnection(client, target, wire, counts, this::faultFor, connections::remove);
        connections.add(connection);
        if (stillToReset.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
            connection.reset();
            return;
        }
        if (!resetting) {
            connection.start();
        }
        // Checked again, after the connection is among those that reset() cuts.
        if (resetting) {
            connection.reset();
        }
    }
}
