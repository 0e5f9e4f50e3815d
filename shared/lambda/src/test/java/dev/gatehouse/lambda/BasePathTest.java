package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.InvalidSetting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BasePathTest {

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
        assertThat(new BasePath(configured).strip(path, stage)).isEqualTo(served);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "/", "/orders/", "//orders", "/or ders", "/{x}"})
    void rejectsAMalformedSettingByItsName(String configured) {
        assertThatThrownBy(() -> new BasePath(configured))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("GATEHOUSE_BASE_PATH");
    }

    @Test
    void returnsNullForAnAbsentPath() {
        assertThat(new BasePath("/orders").strip(null, "live")).isNull();
    }
}
