package dev.gatehouse.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
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

        assertThat(keys.tenantOf(HttpRequest.GET("/").header("X-Api-Key", "old")))
                .isEqualTo(new Tenant("acme"));
        assertThat(keys.tenantOf(HttpRequest.GET("/").header("X-Api-Key", "new")))
                .isEqualTo(new Tenant("acme"));
        assertThat(keys.tenantOf(HttpRequest.GET("/").header("Authorization", "Bearer b")))
                .isEqualTo(new Tenant("blue"));
        assertThat(keys.tenantOf(HttpRequest.GET("/").header("X-Api-Key", "c"))).isNull();
        assertThat(keys.tenantOf(HttpRequest.GET("/"))).isNull();
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

        assertThat(keys.tenantOf(HttpRequest.GET("/").header("X-Api-Key", "k").header("X-Api-Key", "l")))
                .isNull();
        assertThat(keys.tenantOf(
                        HttpRequest.GET("/").header("Authorization", "Bearer k").header("Authorization", "Bearer k")))
                .isNull();
    }

    @Test
    void anEmptyKeyOpensNothing() {
        var keys = ApiKeys.parse("acme=" + digest(""));

        assertThat(keys.tenantOf(HttpRequest.GET("/").header("X-Api-Key", ""))).isNull();
        assertThat(keys.tenantOf(HttpRequest.GET("/").header("Authorization", "Bearer ")))
                .isNull();
    }
}
