// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalRedisTest {

    @ParameterizedTest
    @CsvSource({"REDIS_URL, redis://cache:6380", "REDIS_HOST, cache", "REDIS_PORT, 6380", "REDIS_CLUSTER_NODES, a:6379"
    })
    void usesTheConfiguredRedis(String name, String value) throws IOException {
        assertThat(LocalRedis.of(Map.of(name, value)).description()).startsWith("redis://");
    }

    @Test
    void startsNoRedisIfItIsDisabled() throws IOException {
        assertThat(LocalRedis.of(Map.of("ENABLE_REDIS", "false", "REDIS_HOST", "cache"))
                        .description())
                .startsWith("none;");
    }
}
