// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.realtime.lambda.WebSocketEvent.Connected;
import dev.gatehouse.realtime.lambda.WebSocketEvent.Disconnected;
import dev.gatehouse.realtime.lambda.WebSocketEvent.Message;
import dev.gatehouse.realtime.lambda.WebSocketEvent.OfUser;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketEventTest {

    @Test
    void readsTheEventsOfTheDocumentation() {
        assertThat(read(TestEvent.CONNECT.of("ada", "Fqx1lcK_oAMCEDQ="))).isInstanceOf(Connected.class);
        assertThat(read(TestEvent.DISCONNECT.of("ada", "Fqx1lcK_oAMCEDQ="))).isInstanceOf(Disconnected.class);
        var message = (Message) read(TestEvent.message("ada", "Fqx1lcK_oAMCEDQ=", "{\"do\":\"ping\"}"));
        assertThat(message.text()).isEqualTo("{\"do\":\"ping\"}");
        assertThat(message.requestId()).isEqualTo("Fqx1nHx7IAMFsJg=");
        assertThat(message.user().tenant()).isEqualTo("acme");
        assertThat(message.user().userId()).isEqualTo("ada");
        assertThat(message.user().connectionId()).isEqualTo("Fqx1lcK_oAMCEDQ=");
        assertThat(message.endpoint()).isEqualTo("https://abcdef123.execute-api.us-east-1.amazonaws.com/live");
        assertThat(message.toString()).doesNotContain("ping", "ada");
    }

    @Test
    void theTypeDecidesThoughAMessageNamesAnotherRoute() {
        var event = TestEvent.message("ada", "1", "{}")
                .replace("\"routeKey\": \"$default\"", "\"routeKey\": \"$disconnect\"");
        assertThat(read(event)).isInstanceOf(Message.class);
    }

    @Test
    void aBinaryMessageIsDecoded() {
        var event = TestEvent.message("ada", "1", "eyJkbyI6InBpbmcifQ==")
                .replace("\"isBase64Encoded\": false", "\"isBase64Encoded\": true");
        assertThat(((Message) read(event)).text()).isEqualTo("{\"do\":\"ping\"}");
    }

    /** A signed request to another host would hand it a signature and the token of the session. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "abcdef123.execute-api.us-east-1.amazonaws.com.evil.example",
                "evil.example/abcdef123.execute-api.us-east-1.amazonaws.com",
                "user@evil.example",
                "api.example.com",
                ""
            })
    void anotherDomainIsNoEndpoint(String domain) {
        var event = TestEvent.DISCONNECT
                .of("ada", "1")
                .replace(
                        "\"domainName\": \"abcdef123.execute-api.us-east-1.amazonaws.com\"",
                        "\"domainName\": \"" + domain + "\"");
        assertThat(((OfUser) read(event)).endpoint()).isNull();
    }

    private static WebSocketEvent read(String event) {
        return WebSocketEvent.read(event.getBytes(StandardCharsets.UTF_8));
    }
}
