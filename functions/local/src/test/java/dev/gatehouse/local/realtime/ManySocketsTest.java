// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many WebSockets on one server, a short form of the suite {@code sockets} of infra/bench. */
class ManySocketsTest {

    /** Not closed, because that waits for the ends of all WebSockets. */
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final int CHANNELS = 5;
    private static final int MEMBERS = 100;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Pattern NUMBER = Pattern.compile("\"on\":\"event\".*\"data\":(\\d+)");

    /** Counts the events of one member, and those out of order. */
    private static final class Member implements WebSocket.Listener {

        final CompletableFuture<Void> joined = new CompletableFuture<>();
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger wrong = new AtomicInteger();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                var number = NUMBER.matcher(text);
                if (number.find()) {
                    if (Integer.parseInt(number.group(1)) == next.get()) {
                        next.incrementAndGet();
                    } else {
                        wrong.incrementAndGet();
                    }
                } else if (text.indexOf("\"self\":true") > 0) {
                    joined.complete(null);
                }
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }

    @Test
    void eachMemberGetsEachMessageOnceAndInOrder() throws IOException, InterruptedException {
        int messages = Rounds.of(30, 600);
        try (var redis = RedisProcess.start();
                var server = TestServer.start(
                        "REDIS_URL",
                        redis.url(),
                        AuthorizerSettings.TENANT,
                        "demo",
                        "GATEHOUSE_CHANNELS",
                        "room:*=join,publish");
                var clock = Executors.newSingleThreadScheduledExecutor()) {
            var tokens = IntStream.range(0, MEMBERS)
                    .mapToObj(n -> token(server, "user-" + n))
                    .toList();
            var members = new ArrayList<Member>();
            var publishers = new ArrayList<WebSocket>();
            for (int channel = 0; channel < CHANNELS; channel++) {
                var joining = new ArrayList<Member>();
                for (int n = 0; n < MEMBERS; n++) {
                    var member = new Member();
                    var socket = open(server, tokens.get(n), member);
                    socket.sendText("{\"do\":\"join\",\"channel\":\"room:%d\"}".formatted(channel), true)
                            .join();
                    joining.add(member);
                    if (n == 0) {
                        publishers.add(socket);
                    }
                }
                joining.forEach(
                        member -> member.joined.orTimeout(30, TimeUnit.SECONDS).join());
                members.addAll(joining);
            }

            publish(clock, publishers, messages);

            await().atMost(Duration.ofSeconds(30)).until(() -> members.stream()
                    .allMatch(member -> member.next.get() + member.wrong.get() >= messages));
            assertThat(members).allSatisfy(member -> {
                assertThat(member.wrong).hasValue(0);
                assertThat(member.next).hasValue(messages);
            });
        }
    }

    private static void publish(ScheduledExecutorService clock, List<WebSocket> publishers, int messages)
            throws InterruptedException {
        var left = new CountDownLatch(messages);
        var number = new AtomicInteger();
        var publishing = clock.scheduleAtFixedRate(
                () -> {
                    if (number.get() < messages) {
                        for (int channel = 0; channel < CHANNELS; channel++) {
                            var message = "{\"do\":\"publish\",\"channel\":\"room:%d\",\"event\":\"e\",\"data\":%d}";
                            publishers
                                    .get(channel)
                                    .sendText(message.formatted(channel, number.get()), true)
                                    .join();
                        }
                        number.incrementAndGet();
                        left.countDown();
                    }
                },
                0,
                PAUSE.toMillis(),
                TimeUnit.MILLISECONDS);
        assertThat(left.await(messages * PAUSE.toMillis() + 30_000, TimeUnit.MILLISECONDS))
                .isTrue();
        publishing.cancel(false);
    }

    private static WebSocket open(Server server, String token, Member member) {
        return CLIENT.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://localhost:" + server.port() + "/realtime"), member)
                .join();
    }

    private static String token(Server server, String userId) {
        return (String) TestServer.caller(server)
                .post("/v1/sessions", "{\"userId\":\"" + userId + "\"}")
                .body()
                .get("token");
    }
}
