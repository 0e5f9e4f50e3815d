// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

    private static String digest(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTenantMayHaveSeveralKeys() {
        var keys = ApiKeys.parse(" acme=" + digest("old") + ",\n acme="
                + digest("new").toUpperCase(Locale.ROOT) + ", blue=" + digest("b"));

        assertThat(keys.callerOf(HttpRequest.GET("/").header("X-Api-Key", "old")))
                .isEqualTo(new Caller(new Tenant("acme"), null, null));
        assertThat(keys.callerOf(HttpRequest.GET("/").header("X-Api-Key", "new")))
                .isEqualTo(new Caller(new Tenant("acme"), null, null));
        assertThat(keys.callerOf(HttpRequest.GET("/").header("Authorization", "Bearer b")))
                .isEqualTo(new Caller(new Tenant("blue"), null, null));
        assertThat(keys.callerOf(HttpRequest.GET("/").header("X-Api-Key", "c"))).isNull();
        assertThat(keys.callerOf(HttpRequest.GET("/"))).isNull();
    }

    @Test
    void aKeyOfTwoEntriesIsRefused() {
        assertThatThrownBy(() -> ApiKeys.parse(
                        "acme=" + digest("k") + ":read,blue=" + digest("k").toUpperCase(Locale.ROOT)))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("GATEHOUSE_API_KEYS has the digest of an earlier key in entry 2");
    }

    @Test
    void aKeyMayHaveANameAndRights() {
        var keys = ApiKeys.parse(
                "acme/orders=" + digest("o") + ":check+claims,acme=" + digest("r") + ":read,acme/all=" + digest("a"));

        var orders = keys.callerOf(HttpRequest.GET("/").header("X-Api-Key", "o"));
        var reader = keys.callerOf(HttpRequest.GET("/").header("X-Api-Key", "r"));
        var all = keys.callerOf(HttpRequest.GET("/").header("X-Api-Key", "a"));
        assertThat(orders).isEqualTo(new Caller(new Tenant("acme"), "orders", Set.of("check", "claims")));
        assertThat(List.of(orders, reader, all))
                .map(Caller::toString)
                .containsExactly("acme/orders", "acme", "acme/all");
        assertThat(orders.hasAny(List.of("sessions", "claims"))).isTrue();
        assertThat(orders.hasAny(List.of("sessions", "read"))).isFalse();
        assertThat(orders.hasAny(List.of())).isFalse();
        assertThat(reader.hasAny(List.of("sessions", "read"))).isTrue();
        assertThat(all.hasAny(List.of("sessions"))).isTrue();
        assertThat(all.hasAny(List.of())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme/=%s",
                "acme/Orders=%s",
                "acme/a/b=%s",
                "acme=%s:",
                "acme=%s:check+",
                "acme=%s:check:read",
                "acme=%s:check+reed"
            })
    void aMalformedNameOrListOfRightsIsRefused(String entry) {
        assertThatThrownBy(() -> ApiKeys.parse("blue=" + digest("b") + "," + entry.formatted(digest("k"))))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("of entry 2")
                .hasMessageNotContaining(digest("k"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  ,\n", "acme", "=00", "acme=secret-key", "Acme=00", "a_b=00", "-a=00", "acme=:secret-key"})
    void aMalformedSettingIsRefusedAndNotShown(String setting) {
        assertThatThrownBy(() -> ApiKeys.parse(setting))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("GATEHOUSE_API_KEYS ")
                .hasMessageNotContaining("secret-key")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aHeaderGivenTwiceShowsNothing() {
        var keys = ApiKeys.parse("acme=" + digest("k"));

        assertThat(keys.callerOf(HttpRequest.GET("/").header("X-Api-Key", "k").header("X-Api-Key", "l")))
                .isNull();
        assertThat(keys.callerOf(
                        HttpRequest.GET("/").header("Authorization", "Bearer k").header("Authorization", "Bearer k")))
                .isNull();
    }

    @Test
    void anEmptyKeyOpensNothing() {
        var keys = ApiKeys.parse("acme=" + digest(""));

        assertThat(keys.callerOf(HttpRequest.GET("/").header("X-Api-Key", ""))).isNull();
        assertThat(keys.callerOf(HttpRequest.GET("/").header("Authorization", "Bearer ")))
                .isNull();
    }
}
