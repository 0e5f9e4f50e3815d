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
 * One connection through a {@link FaultProxy}: a thread that reads and one that writes, each way. Requests are cut into
 * commands and replies are matched to them in order; a connection that does not begin like RESP (TLS does not) passes
 * as mere bytes.
 */
final class ProxyConnection {

    private static final int CONNECT_MILLIS = 5_000;

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** A command under way: forwarded, with the fault that awaits its reply or null; or answered by these bytes. */
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

    /** Whether neither the client nor the proxy has closed it. */
    boolean isOpen() {
        return clientIsThere && !ended.get();
    }

    /** FIN to the client; what it still sends goes on to Redis. */
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

    /** RST to the client. */
    void reset() {
        if (ended.compareAndSet(false, true)) {
            counts.connectionsReset.increment();
            try {
                client.setSoLinger(true, 0);
            } catch (IOException alreadyClosed) {
                // The client was faster.
            }
            closeAll();
        }
    }

    /** FIN to the client. */
    void end() {
        if (ended.compareAndSet(false, true)) {
            closeAll();
        }
    }

    /** Returns once no thread of an ended connection is left. */
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
            // Redis never speaks first, so its side waits until the client has shown what it speaks.
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

    /** Replies made here go out when those before them have. */
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
                // The client's end is known to its reader; whatever else fails ends the connection.
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
            // Nothing is left to close.
        }
        threads.stream().filter(thread -> thread != Thread.currentThread()).forEach(Thread::interrupt);
    }
}
