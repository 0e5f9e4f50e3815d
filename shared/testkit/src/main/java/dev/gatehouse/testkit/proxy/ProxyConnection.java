// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One connection through a {@link FaultProxy}, with a reading and a writing thread for each direction. Splits requests
 * into commands and matches replies to them in order. A connection that does not begin like RESP, such as TLS, passes
 * as bytes.
 */
final class ProxyConnection {

    private static final int CONNECT_MILLIS = 5_000;

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** A command in flight: forwarded, with the fault for its reply or null; or replied to with {@code injected}. */
    private record Pending(ReplyFault fault, byte[] injected) {}

    private final Socket client;
    private final Socket server = new Socket();
    private final SocketAddress target;
    private final WireState wire;
    private final ProxyCounts counts;
    private final Function<List<String>, ReplyFault> faults;
    private final Consumer<ProxyConnection> onEnd;
    private final ProxyPipe toClient;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean clientIsThere = true;

    ProxyConnection(
            Socket client,
            InetSocketAddress target,
            WireState wire,
            ProxyCounts counts,
            Function<List<String>, ReplyFault> faults,
            Consumer<ProxyConnection> onEnd)
            throws IOException {
        this.client = client;
        this.target = target;
        this.wire = wire;
        this.counts = counts;
        this.faults = faults;
        this.onEnd = onEnd;
        client.setTcpNoDelay(true);
        this.toClient = new ProxyPipe(client.getOutputStream(), wire);
    }

    void start() {
        spawn(this::connectAndServe);
    }

    /** Returns whether neither the client nor the proxy has closed it. */
    boolean isOpen() {
        return clientIsThere && !ended.get();
    }

    /** Sends FIN to the client. Bytes that it still sends go on to Redis. */
    void halfClose() {
        toClient.discard();
        toClient.finish(() -> {
            try {
                client.shutdownOutput();
            } catch (IOException alreadyClosed) {
                end();
            }
        });
    }

    /** Sends RST to the client. */
    void reset() {
        if (ended.compareAndSet(false, true)) {
            counts.connectionsReset.increment();
            try {
                client.setSoLinger(true, 0);
            } catch (IOException alreadyClosed) {
                // The client has closed first.
            }
            closeAll();
        }
    }

    /** Sends FIN to the client. */
    void end() {
        if (ended.compareAndSet(false, true)) {
            closeAll();
        }
    }

    /** Waits until all threads of an ended connection have ended. */
    void join() throws InterruptedException {
        for (var thread : threads) {
            thread.join();
        }
    }

    private void connectAndServe() throws IOException, InterruptedException {
        try {
            server.setTcpNoDelay(true);
            server.connect(target, CONNECT_MILLIS);
        } catch (IOException e) {
            wire.awaitFlow();
            reset();
            return;
        }
        var toServer = new ProxyPipe(server.getOutputStream(), wire);
        spawn(toServer::run);
        spawn(toClient::run);
        try {
            var requests = new RespReader(client.getInputStream());
            // Redis never sends first, so its direction waits until the client has shown its protocol.
            var isResp = requests.peek() == '*';
            spawn(() -> readReplies(isResp));
            if (isResp) {
                forwardCommands(requests, toServer);
            } else {
                forwardBytes(requests, toServer);
            }
        } finally {
            clientIsThere = false;
            toServer.finish(this::end);
        }
    }

    private void forwardCommands(RespReader requests, ProxyPipe toServer) throws IOException {
        var readsSeen = 0L;
        for (var frame = requests.next(); frame != null; frame = requests.next()) {
            if (requests.reads() != readsSeen) {
                readsSeen = requests.reads();
                counts.commandReads.increment();
            }
            var words =
                    ((List<?>) frame.value()).stream().map(String.class::cast).toList();
            accept(words, frame.bytes(), toServer);
        }
    }

    private void accept(List<String> words, byte[] bytes, ProxyPipe toServer) {
        var fault = faults.apply(words);
        synchronized (pending) {
            if (fault instanceof ReplyFault.Inject(var reply)) {
                counts.repliesInjected.increment();
                pending.add(new Pending(null, reply));
                answerInjected();
                return;
            }
            pending.add(new Pending(fault, null));
        }
        var name = words.getFirst().toUpperCase(Locale.ROOT);
        toServer.send(bytes, () -> counts.forwarded(name));
    }

    private void readReplies(boolean isResp) throws IOException {
        try {
            var replies = new RespReader(server.getInputStream());
            if (isResp) {
                for (var frame = replies.next(); frame != null; frame = replies.next()) {
                    deliver(frame);
                }
            } else {
                forwardBytes(replies, toClient);
            }
            toClient.finish(this::end);
        } catch (IOException e) {
            toClient.finish(this::reset);
        }
    }

    private void deliver(RespReader.Frame frame) {
        synchronized (pending) {
            if (frame.isPush() || pending.isEmpty()) {
                toClient.send(frame.bytes());
                return;
            }
            switch (pending.remove().fault()) {
                case null -> toClient.send(frame.bytes());
                case ReplyFault.Swallow(var thenReset) -> swallow(thenReset);
                case ReplyFault.Truncate(var length) -> truncate(frame.bytes(), length);
                case ReplyFault.Inject injected -> throw new IllegalStateException("a reply to " + injected);
            }
            answerInjected();
        }
    }

    private void swallow(boolean thenReset) {
        if (toClient.isDiscarding()) {
            return;
        }
        counts.repliesSwallowed.increment();
        toClient.discard();
        if (thenReset) {
            toClient.finish(this::reset);
        }
    }

    private void truncate(byte[] reply, int length) {
        if (toClient.isDiscarding()) {
            return;
        }
        counts.repliesTruncated.increment();
        toClient.send(Arrays.copyOf(reply, Math.min(length, reply.length)));
        toClient.discard();
        toClient.finish(this::end);
    }

    /** Sends the injected replies, once the replies before them are sent. */
    private void answerInjected() {
        while (!pending.isEmpty() && pending.peek().injected() != null) {
            toClient.send(pending.remove().injected());
        }
    }

    private static void forwardBytes(RespReader from, ProxyPipe to) throws IOException {
        for (var chunk = from.nextChunk(); chunk != null; chunk = from.nextChunk()) {
            to.send(chunk);
        }
    }

    private void spawn(Work work) {
        var thread = Thread.ofVirtual().name("fault-proxy").unstarted(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The reader of the client detects its end; any other failure ends the connection.
                if (clientIsThere) {
                    end();
                }
            } catch (InterruptedException e) {
                end();
            }
        });
        threads.add(thread);
        thread.start();
        if (ended.get()) {
            thread.interrupt();
        }
    }

    private void closeAll() {
        clientIsThere = false;
        try (client;
                server) {
            onEnd.accept(this);
        } catch (IOException alreadyClosed) {
            // Already closed.
        }
        threads.stream().filter(thread -> thread != Thread.currentThread()).forEach(Thread::interrupt);
    }
}
