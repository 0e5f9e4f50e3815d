package dev.gatehouse.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers of HTTP/1.1 that speak it otherwise than most, or break off. */
@Timeout(30)
class RuntimeApiTest {

    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r-1\r\nLAMBDA-RUNTIME-DEADLINE-MS:  1700000000000 \r\n";
    private static final String EVENT = HEAD + "Content-Length: 2\r\n\r\n{}";
    private static final String ACCEPTED = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}";

    private static String text(Invocation invocation) {
        return new String(invocation.event(), UTF_8);
    }

    @Test
    void requestsAreAsLambdaWantsThem() throws Exception {
        try (var server = new ScriptedServer(List.of(EVENT, ACCEPTED, ACCEPTED, ACCEPTED))) {
            var api = server.api();
            var invocation = api.next();
            api.answer(invocation, "\"ü\"".getBytes(UTF_8));
            api.failed(invocation, Failure.of(new IllegalStateException("why")));
            api.startFailed(Failure.of(new IllegalStateException()));

            var requests = server.requests();
            assertThat(requests.get(0))
                    .startsWith("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 127.0.0.1:")
                    .endsWith("\r\n\r\n");
            assertThat(requests.get(1))
                    .startsWith("POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\n")
                    .endsWith("Content-Length: 4\r\n\r\n\"ü\"");
            assertThat(requests.get(2))
                    .startsWith("POST /2018-06-01/runtime/invocation/r-1/error HTTP/1.1\r\n")
                    .contains("\r\nLambda-Runtime-Function-Error-Type: Function.IllegalStateException\r\n")
                    .contains("{\"errorMessage\":\"why\",\"errorType\":\"java.lang.IllegalStateException\"");
            assertThat(requests.get(3))
                    .startsWith("POST /2018-06-01/runtime/init/error HTTP/1.1\r\n")
                    .contains("{\"errorMessage\":\"java.lang.IllegalStateException\",");
        }
    }

    @Test
    void anEventMayComeInChunks() throws Exception {
        var chunked = HEAD
                + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0A;of=it\r\n\"a\":\"\r\nx\"}\r\n0\r\nTrailer: x\r\n\r\n";
        try (var server = new ScriptedServer(List.of(chunked, EVENT))) {
            var api = server.api();
            assertThat(text(api.next())).isEqualTo("{\"a\":\"\r\nx\"}");
            assertThat(text(api.next())).as("on the same connection").isEqualTo("{}");
        }
    }

    @Test
    void anEventMayComeInChunksLargerThanWhatIsReadAtOnce() throws Exception {
        var chunk = "x".repeat(40_000);
        var chunks = "%x\r\n%s\r\n".formatted(chunk.length(), chunk).repeat(3);
        var chunked = HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n";
        try (var server = new ScriptedServer(List.of(chunked, EVENT))) {
            var api = server.api();
            assertThat(text(api.next())).isEqualTo(chunk.repeat(3));
            assertThat(text(api.next())).isEqualTo("{}");
        }
    }

    @Test
    void aConnectionThatSaysMoreThanItWasAskedIsClosed() throws Exception {
        var rest = "Broken\r\nContent-Length: 0\r\n\r\n";
        try (var server = new ScriptedServer(false, List.of(EVENT + "HTTP/1.1 500 ", rest), List.of(ACCEPTED))) {
            var api = server.api();
            api.answer(api.next(), "1".getBytes(UTF_8));
            assertThat(server.requests()).hasSize(3).element(1).asString().contains(ScriptedServer.CLOSED);
        }
    }

    @Test
    void aConnectionOfWhichThatWasTheLastIsClosed() throws Exception {
        var last = HEAD + "Connection: close\r\nContent-Length: 2\r\n\r\n{}";
        try (var server = new ScriptedServer(List.of(last, EVENT), List.of(EVENT))) {
            var api = server.api();
            api.next();
            api.next();
            assertThat(server.requests()).hasSize(3).element(1).asString().contains(ScriptedServer.CLOSED);
        }
    }

    @Test
    void anEventMayEndWithItsConnection() throws Exception {
        try (var server = new ScriptedServer(
                List.of(HEAD + "\r\n{\"a\":1}"),
                List.of(HEAD + "Connection: close\r\nContent-Length: 2\r\n\r\n{}"),
                List.of(EVENT))) {
            var api = server.api();
            assertThat(text(api.next())).isEqualTo("{\"a\":1}");
            assertThat(text(api.next())).isEqualTo("{}");
            assertThat(text(api.next())).isEqualTo("{}");
        }
    }

    @Test
    void whatIsToldInTheMeantimeIsPassedOver() throws Exception {
        try (var server = new ScriptedServer(
                List.of("HTTP/1.1 100 Continue\r\n\r\n" + EVENT, "HTTP/1.1 204 None\r\nContent-Length: 0\r\n\r\n"))) {
            var api = server.api();
            api.answer(api.next(), new byte[0]);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void anAnswerReachesAServerThatHasClosedItsConnection() throws Exception {
        try (var server = new ScriptedServer(List.of(EVENT), List.of(ACCEPTED, EVENT))) {
            var api = server.api();
            api.answer(api.next(), "1".getBytes(UTF_8));
            assertThat(text(api.next())).isEqualTo("{}");
            assertThat(server.requests()).hasSize(3).element(1).asString().endsWith("\r\n\r\n1");
        }
    }

    @Test
    void aServerThatClosesANewConnectionIsNotAskedAgain() throws Exception {
        try (var server = new ScriptedServer(List.of(), List.of(EVENT))) {
            var api = server.api();
            assertThatThrownBy(api::next).isInstanceOf(IOException.class);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void anEventThatBreaksOffIsNotAskedForAgain() throws Exception {
        try (var server = new ScriptedServer(List.of(EVENT, HEAD + "Content-Length: 3\r\n\r\n{}"), List.of(EVENT))) {
            var api = server.api();
            api.next();
            assertThatThrownBy(api::next).hasMessage("the reply ends in its body");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/1.1 \r\n\r\n",
                "HTTP/1.1 2OO OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}",
                HEAD + "Content-Length: 99999999999\r\n\r\n",
                HEAD + "Content-Length: 2147483647\r\n\r\n",
                HEAD + "Content-Length: -1\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\n{",
                HEAD + "Lambda-Runtime-Deadline-Ms: soon\r\nContent-Length: 2\r\n\r\n{}",
                HEAD,
            })
    void whatIsNoEventIsSaidToBeNone(String reply) throws Exception {
        try (var server = new ScriptedServer(List.of(reply))) {
            assertThatThrownBy(server.api()::next).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aLineWithoutAnEndIsNotReadForEver() throws Exception {
        try (var server = new ScriptedServer(List.of(HEAD + "X: " + "x".repeat(20_000)))) {
            assertThatThrownBy(server.api()::next).hasMessage("a line without an end");
        }
    }

    @Test
    void aRefusedAnswerIsLambdasMatterButABrokenLambdaIsTheEnd() throws Exception {
        var tooLarge = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
        var broken = "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n";
        try (var server = new ScriptedServer(List.of(EVENT, tooLarge, broken))) {
            var api = server.api();
            var invocation = api.next();
            api.answer(invocation, new byte[1]);
            assertThatThrownBy(() -> api.answer(invocation, new byte[1])).hasMessageContaining("status 500");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "localhost:", "localhost:x", "localhost:70000"})
    void anAddressThatIsNoneIsSaidSo(String address) {
        assertThatThrownBy(() -> RuntimeApi.at(address)).isInstanceOf(IllegalArgumentException.class);
    }
}
