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

    private static final String NAME = "gatehouse-console";

    @ParameterizedTest
    @CsvSource({"loopback, 1", "on, 1", "off, 0"})
    void runsWhereThereIsAConsoleAndEndsWithTheServer(String access, int threads) throws IOException {
        try (var _ = TestServer.start("ENABLE_REDIS", "false", "GATEHOUSE_CONSOLE", access)) {
            assertThat(Threads.named(NAME)).hasSize(threads);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> Threads.named(NAME).isEmpty());
    }

    @Test
    void endsIfTheStartFails() throws IOException {
        try (var first = TestServer.start("ENABLE_REDIS", "false", "GATEHOUSE_CONSOLE", "off")) {
            var port = Integer.toString(first.port());
            assertThatThrownBy(() -> TestServer.start("ENABLE_REDIS", "false", "MICRONAUT_SERVER_PORT", port))
                    .hasStackTraceContaining("BindException");
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> Threads.named(NAME).isEmpty());
    }
}
