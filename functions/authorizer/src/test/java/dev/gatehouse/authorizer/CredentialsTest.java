// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

    private static final String TOKEN = token("a");
    private static final String OTHER = token("b");

    private static String token(String letter) {
        return letter.repeat(12) + "." + letter.repeat(16) + "." + letter.repeat(43);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer %s", "bearer %s", "BEARER %s", "Bearer   %s ", "Basic eA==, Bearer %s"})
    void matchesTheSchemeWithoutRegardToCase(String value) {
        assertThat(in(Map.of("Authorization", List.of(value.formatted(TOKEN))))).isEqualTo(TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "Basic %s", "Bearer%s", "Bearer x%s", "Bearer %s.x", "Bearer", "", "Bearer  ", ","})
    void ignoresOtherCredentials(String value) {
        assertThat(in(Map.of("Authorization", List.of(value.formatted(TOKEN))))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "__Host-session=%s",
                "a=b; __Host-session=%s; c=d",
                "a=b;__Host-session=%s",
                "__Host-session=\"%s\"",
                "a=\"b; c=d; __Host-session=%s"
            })
    void findsTheCookieAmongOthers(String cookies) {
        var value = cookies.formatted(TOKEN);
        assertThat(in(Map.of("Cookie", List.of(value)))).isEqualTo(TOKEN);
        assertThat(in(Map.of("Cookie", List.of("x=y", value)))).isEqualTo(TOKEN);
        assertThat(in(null, Map.of(), "x=y", value)).isEqualTo(TOKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "__host-session=%s",
                "session=%s",
                "x__Host-session=%s",
                "__Host-session%s",
                "a=__Host-session=%s",
                "__Host-session=",
                "__Host-session=\"",
                "__Host-session=\"%s"
            })
    void ignoresOtherCookies(String cookie) {
        assertThat(in(null, Map.of(), cookie.formatted(TOKEN))).isNull();
    }

    @Test
    void prefersTheCustomHeaderThenTheBearerTokenThenTheCookie() {
        assertThat(in("X-Session", headers(TOKEN, "Bearer " + OTHER), "__Host-session=" + OTHER))
                .isEqualTo(TOKEN);
        assertThat(in("X-Session", headers("none", "Bearer " + TOKEN), "__Host-session=" + OTHER))
                .isEqualTo(TOKEN);
        assertThat(in("X-Session", headers("none", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"), "__Host-session=" + TOKEN))
                .as("a bearer token of another issuer")
                .isEqualTo(TOKEN);
        assertThat(in(null, headers(TOKEN, "Bearer " + OTHER)))
                .as("a header that is not configured")
                .isEqualTo(OTHER);
    }

    @Test
    void acceptsARepeatedTokenAndIgnoresTwoDifferentOnes() {
        assertThat(in(Map.of("Authorization", List.of("Bearer " + TOKEN, "Bearer " + TOKEN))))
                .isEqualTo(TOKEN);
        for (var twice : List.of(
                List.of("Bearer " + TOKEN, "Bearer " + OTHER), List.of("Bearer " + TOKEN + ",Bearer " + OTHER))) {
            assertThat(in(Map.of("Authorization", twice))).isNull();
            assertThat(in(null, Map.of("Authorization", twice), "__Host-session=" + TOKEN))
                    .as("the next place does not decide then")
                    .isNull();
        }
        assertThat(in(null, Map.of(), "__Host-session=" + TOKEN, "__Host-session=" + OTHER))
                .isNull();
        assertThat(in(null, Map.of("Cookie", List.of("__Host-session=" + OTHER)), "__Host-session=" + TOKEN))
                .isNull();
    }

    @Test
    void reportsWhetherACookieHeldTheToken() {
        var bearer = Map.of("Authorization", List.of("Bearer " + TOKEN));
        assertThat(find(null, Map.of(), "__Host-session=" + TOKEN).isCookie()).isTrue();
        assertThat(find(null, bearer, "__Host-session=" + TOKEN).isCookie()).isFalse();
        assertThat(find("X-Session", Map.of("X-Session", List.of(TOKEN)), "__Host-session=" + TOKEN)
                        .isCookie())
                .isFalse();
    }

    private static Map<String, List<String>> headers(String own, String authorization) {
        return Map.of("X-Session", List.of(own), "Authorization", List.of(authorization));
    }

    private static String in(Map<String, List<String>> headers) {
        return in(null, headers);
    }

    private static String in(String own, Map<String, List<String>> headers, String... cookies) {
        var found = find(own, headers, cookies);
        return found == null ? null : found.token().text();
    }

    private static Credentials.Found find(String own, Map<String, List<String>> headers, String... cookies) {
        return new Credentials(own)
                .find(new GatewayRequest(
                        "GET", "/", name -> headers.getOrDefault(name, List.of()), List.of(cookies), "192.0.2.1"));
    }
}
