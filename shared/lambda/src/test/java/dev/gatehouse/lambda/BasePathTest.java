// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.context.ApplicationContext;
import io.micronaut.web.router.Router;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BasePathTest {

    private static final String OWN = "a1.execute-api.eu-west-1.amazonaws.com";

    private static ApplicationContext context;

    @BeforeAll
    static void startTheRoutes() {
        var digest = HexFormat.of().formatHex(Sha256.of("k".getBytes(StandardCharsets.UTF_8)));
        context = FunctionContext.builder()
                .properties(Map.of("gatehouse.service", "true", "gatehouse.api-keys", "acme=" + digest))
                .start();
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static BasePath basePath(String configured) {
        return new BasePath(configured, context.getProvider(Router.class));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, /v1/x, /v1/x",
                "-, $default, /v1/x, /v1/x",
                "-, live, /live/v1/x, /v1/x",
                "-, live, /v1/x, /v1/x",
                "-, live, /lively/x, /lively/x",
                "-, live, /live, /",
                "-, v1, /v1/v1/x, /v1/x",
                "/orders, -, /orders/v1/x, /v1/x",
                "/orders, -, /v1/x, /v1/x",
                "/orders, live, /live/v1/x, /v1/x",
                "/orders, live, /orders/v1/x, /v1/x",
                "/a/b, -, /a/b/v1/x, /v1/x",
                "/a/b, -, /a/v1/x, /a/v1/x",
            })
    void removesThePrefixOnce(String configured, String stage, String path, String served) {
        assertThat(basePath(configured).strip(path, OWN, stage)).isEqualTo(served);
    }

    /** Only a path that is no route can begin with the stage. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "gate.example.com, live, /live/v1/echo, /v1/echo",
                "gate.example.com, live, /v1/echo, /v1/echo",
                "gate.example.com, v1, /v1/echo, /v1/echo",
                "gate.example.com, v1, /v1/v1/echo, /v1/echo",
                "gate.example.com, v1, /v1/nothing, /nothing",
                "-, v1, /v1/echo, /v1/echo",
            })
    void keepsThePathOfARouteOnACustomDomain(String domain, String stage, String path, String served) {
        assertThat(basePath(null).strip(path, domain, stage)).isEqualTo(served);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "/", "/orders/", "//orders", "/or ders", "/{x}"})
    void rejectsAMalformedSettingByItsName(String configured) {
        assertThatThrownBy(() -> basePath(configured))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("GATEHOUSE_BASE_PATH");
    }

    @Test
    void returnsNullForAnAbsentPath() {
        assertThat(basePath("/orders").strip(null, OWN, "live")).isNull();
    }
}
