// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedOriginsTest {

    private static final AllowedOrigins ORIGINS = AllowedOrigins.parse(
            "SETTING",
            "https://app.example, https://*.shop.example:8443,HTTPS://Upper.Example:443,http://localhost:3000,https://[::1]");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example",
                "https://a.shop.example:8443",
                "https://x-1.shop.example:8443",
                "https://upper.example",
                "http://localhost:3000",
                "https://[::1]"
            })
    void allowsAListedOrigin(String origin) {
        assertThat(allow("POST", Map.of("Origin", List.of(origin)))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "*",
                "http://app.example",
                "https://app.example:444",
                "https://app.example/",
                "https://app.example.evil.example",
                "https://evil.example",
                "https://xapp.example",
                "https://a.app.example",
                "https://shop.example:8443",
                "https://a.b.shop.example:8443",
                "https://.shop.example:8443",
                "https://a.shop.example",
                "https://evil.example/.shop.example:8443",
                "https://evil.example#.shop.example:8443",
                "https://a@shop.example:8443",
                "https://app.example https://evil.example",
                "http://localhost"
            })
    void allowsNoOtherOrigin(String origin) {
        assertThat(allow("POST", Map.of("Origin", List.of(origin)))).isFalse();
        assertThat(allow("POST", Map.of("Origin", List.of("https://app.example", origin))))
                .isFalse();
        assertThat(allow("POST", Map.of("Origin", List.of(origin), "Sec-Fetch-Site", List.of("same-origin"))))
                .as("the origin decides where both are sent")
                .isFalse();
    }

    @Test
    void acceptsAnOwnOrNoSiteWithoutAnOrigin() {
        for (var site : List.of("same-origin", "none")) {
            assertThat(allow("POST", Map.of("Sec-Fetch-Site", List.of(site)))).isTrue();
        }
        for (var site : List.of("same-site", "cross-site", "", "Same-Origin", "same-origin, cross-site")) {
            assertThat(allow("POST", Map.of("Sec-Fetch-Site", List.of(site)))).isFalse();
        }
        assertThat(allow("POST", Map.of("Sec-Fetch-Site", List.of("none", "cross-site"))))
                .isFalse();
        assertThat(allow("POST", Map.of())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE"})
    void allowsSafeMethodsFromAnywhere(String method) {
        assertThat(allow(method, Map.of("Origin", List.of("https://evil.example"))))
                .isTrue();
        assertThat(allow(AllowedOrigins.parse("SETTING", ""), method, Map.of())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "CONNECT", "QUERY", "get", ""})
    void allowsOtherMethodsFromNowhereIfNoOriginIsSet(String method) {
        var none = AllowedOrigins.parse("SETTING", "");
        assertThat(none.isEmpty()).isTrue();
        for (var headers : List.of(
                Map.of("Origin", List.of("https://app.example")),
                Map.of("Sec-Fetch-Site", List.of("same-origin")),
                Map.<String, List<String>>of())) {
            assertThat(allow(none, method, headers)).isFalse();
        }
        assertThat(allow(method, Map.of())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.example",
                "*",
                "null",
                "https://",
                "https://*",
                "https://app.example/",
                "https://app.example/path",
                "https://*.*.example",
                "https://a.*.example",
                "https://a*.example",
                "ftp://app.example",
                "https://app.example:port",
                "https://a b.example",
                "https://-a.example",
                "https://a..example",
                "https://app.example,",
                ",",
                "https://user@app.example"
            })
    void rejectsAMalformedSetting(String text) {
        assertThatThrownBy(() -> AllowedOrigins.parse("SETTING", text))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("SETTING must be origins such as https://app.example");
    }

    private static boolean allow(String method, Map<String, List<String>> headers) {
        return allow(ORIGINS, method, headers);
    }

    private static boolean allow(AllowedOrigins origins, String method, Map<String, List<String>> headers) {
        return origins.allow(
                new GatewayRequest(method, "/", name -> headers.getOrDefault(name, List.of()), List.of(), "192.0.2.1"));
    }
}
