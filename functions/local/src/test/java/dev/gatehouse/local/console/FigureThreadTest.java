// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.Threads;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one thread of the figures. */
@Isolated
class FigureThreadTest {

    /** Another class may have left a server open. */
    private final int before = threads();

    private static int threads() {
        return Threads.named("gatehouse-console").size();
    }

    private void awaitTheEnd() {
        await().atMost(Duration.ofSeconds(30)).until(() -> threads() == before);
    }

    @ParameterizedTest
    @CsvSource({"loopback, 1", "on, 1", "off, 0"})
    void runsWhereThereIsAConsoleAndEndsWithTheServer(String access, int more) throws IOException {
        try (var _ = TestServer.start("ENABLE_REDIS", "false", "GATEHOUSE_CONSOLE", access)) {
            assertThat(threads()).isEqualTo(before + more);
        }
        awaitTheEnd();
    }

    @Test
    void endsIfTheStartFails() throws IOException {
        try (var first = TestServer.start("ENABLE_REDIS", "false", "GATEHOUSE_CONSOLE", "off")) {
            var port = Integer.toString(first.port());
            assertThatThrownBy(() -> TestServer.start("ENABLE_REDIS", "false", "MICRONAUT_SERVER_PORT", port))
                    .hasStackTraceContaining("BindException");
        }
        awaitTheEnd();
    }
}
