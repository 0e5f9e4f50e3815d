// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.sockets;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * The process of the clients. Opens the WebSockets, 100 in a channel, and prints {@code joined}. For each line {@code seconds} on
 * the standard input it publishes ten messages a second in each channel for as long, each channel by one member, and prints the
 * {@link LoadResult}. The time of a delivery begins when its publication is due.
 */
final class SocketLoad {

    static final int MEMBERS = 100;
    static final int PER_SECOND = 10;
    static final String JOINED = "joined";

    private static final int CONNECTING = 50;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

    private final SocketProtocol protocol;
    private final int port;
    private final List<String> tokens;
    private final List<Channel> publishers = new ArrayList<>();
    private Deliveries deliveries = new Deliveries();
    private final List<MemberSocket> members = new ArrayList<>();
    private long number;

    private SocketLoad(SocketProtocol protocol, int port, List<String> tokens) {
        this.protocol = protocol;
        this.port = port;
        this.tokens = tokens;
    }

    /**
     * Joins, and publishes for as many seconds as each line of the input has.
     *
     * @param arguments the protocol, the port, the number of WebSockets, and the API key to create sessions with
     */
    public static void main(String[] arguments) throws Exception {
        var protocol = SocketProtocol.valueOf(arguments[0]);
        int port = Integer.parseInt(arguments[1]);
        var load = new SocketLoad(
                protocol, port, protocol == SocketProtocol.GATEHOUSE ? tokens(port, arguments[3]) : List.of(""));
        load.join(Integer.parseInt(arguments[2]));
        System.out.println(JOINED);
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(load.run(Integer.parseInt(line)).line());
            }
        }
        System.exit(0);
    }

    /** Creates a session for each member of a channel. */
    private static List<String> tokens(int port, String key) throws IOException, InterruptedException {
        var tokens = new ArrayList<String>();
        try (var client = HttpClient.newHttpClient()) {
            for (int member = 0; member < MEMBERS; member++) {
                var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/sessions"))
                        .header("Content-Type", "application/json")
                        .header("X-Api-Key", key)
                        .POST(BodyPublishers.ofString("{\"userId\":\"user-" + member + "\"}"))
                        .build();
                var body = client.send(request, BodyHandlers.ofString()).body();
                var token = TOKEN.matcher(body);
                if (!token.find()) {
                    throw new IOException(body);
                }
                tokens.add(token.group(1));
            }
        }
        return tokens;
    }

    private void join(int sockets) {
        var bootstrap = new Bootstrap()
                .group(new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory()))
                .channel(NioSocketChannel.class);
        for (int first = 0; first < sockets; first += CONNECTING) {
            var joining = new ArrayList<CompletableFuture<Channel>>();
            for (int i = first; i < Math.min(sockets, first + CONNECTING); i++) {
                var member = new MemberSocket(protocol, "room:" + i / MEMBERS, deliveries);
                members.add(member);
                joining.add(member.join(bootstrap, port, tokens.get(i % MEMBERS % tokens.size())));
            }
            for (int i = 0; i < joining.size(); i++) {
                var joined = joining.get(i).orTimeout(30, TimeUnit.SECONDS).join();
                if ((first + i) % MEMBERS == 0) {
                    publishers.add(joined);
                }
            }
        }
    }

    private LoadResult run(int seconds) {
        deliveries = new Deliveries();
        members.forEach(member -> member.count(deliveries));
        long rounds = (long) seconds * PER_SECOND;
        long pause = TimeUnit.SECONDS.toNanos(1) / PER_SECOND / publishers.size();
        long due = System.nanoTime();
        for (long round = 0; round < rounds; round++) {
            for (int i = 0; i < publishers.size(); i++) {
                while (System.nanoTime() - due < 0) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                var text = protocol.publication("room:" + i, number, due);
                var _ = publishers.get(i).writeAndFlush(new TextWebSocketFrame(text));
                due += pause;
            }
            number++;
        }
        long sent = rounds * publishers.size();
        awaitDeliveries(sent * MEMBERS);
        return deliveries.result(sent, MEMBERS);
    }

    /** Waits until all are delivered, or none for 20 s. */
    private void awaitDeliveries(long expected) {
        long last = deliveries.delivered();
        long since = System.nanoTime();
        while (deliveries.delivered() < expected && System.nanoTime() - since < PATIENCE_NANOS) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            if (deliveries.delivered() > last) {
                last = deliveries.delivered();
                since = System.nanoTime();
            }
        }
    }
}
