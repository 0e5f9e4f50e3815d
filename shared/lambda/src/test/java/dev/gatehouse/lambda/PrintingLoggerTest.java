// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.telemetry.CurrentRequest;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.ILoggerFactory;
import org.slf4j.MarkerFactory;
import org.slf4j.event.Level;

@ResourceLock(Resources.SYSTEM_OUT)
class PrintingLoggerTest {

    private static final PrintStream OUT = System.out;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ILoggerFactory logs = new PrintedLogs().getLoggerFactory();

    @BeforeEach
    void captureOutput() {
        System.setOut(new PrintStream(printed, false, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restoreOutput() {
        System.setOut(OUT);
        CurrentRequest.end();
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private List<Map<String, Object>> lines() {
        return printed().lines().map(PrintingLoggerTest::json).toList();
    }

    private static Map<String, Object> json(String line) {
        try {
            return JsonMapper.createDefault().readValue(line, Argument.mapOf(String.class, Object.class));
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }

    @Test
    void logsTheIdAndTenantOfTheCurrentRequest() {
        var log = logs.getLogger("dev.gatehouse.Anything");
        log.info("before");
        CurrentRequest.begin("r-1");
        log.info("{} and {}", "one", 2);
        CurrentRequest.setTenant("acme");
        log.info("known");
        log.atWarn()
                .addKeyValue("requestId", "r-2")
                .addKeyValue("tenant", "blue")
                .addKeyValue("size", 3)
                .log("{} more", 1);
        CurrentRequest.end();
        log.info(MarkerFactory.getMarker("M"), "after");

        assertThat(lines()).extracting(line -> line.get("requestId")).containsExactly(null, "r-1", "r-1", "r-2", null);
        assertThat(lines()).extracting(line -> line.get("tenant")).containsExactly(null, null, "acme", "blue", null);
        assertThat(lines())
                .extracting(line -> line.get("message"))
                .containsExactly("before", "one and 2", "known", "1 more", "after");
        assertThat(lines().get(3)).containsEntry("size", 3).containsEntry("level", "WARN");
    }

    @Test
    void doesNotLogTheTenantOfThePreviousRequest() {
        var log = logs.getLogger("dev.gatehouse.Anything");
        CurrentRequest.begin("r-1");
        CurrentRequest.setTenant("acme");
        CurrentRequest.begin("r-2");
        log.info("line");

        assertThat(lines()).singleElement().satisfies(line -> assertThat(line)
                .containsEntry("requestId", "r-2")
                .doesNotContainKey("tenant"));
    }

    @Test
    void logsLibrariesFromWarningsAndTheDriverFromErrors() {
        for (var name : List.of("dev.gatehouse.a.B", "com.example.C", "io.lettuce.core.D", "io.netty.E")) {
            var log = logs.getLogger(name);
            log.debug("debug");
            log.info("info");
            log.warn("warn");
            log.error("error");
        }

        assertThat(lines())
                .extracting(line -> line.get("logger") + " " + line.get("level"))
                .containsExactly("B INFO", "B WARN", "B ERROR", "C WARN", "C ERROR", "D ERROR", "E ERROR");
    }

    @Test
    void printsOnlyWarningsWhileRequestsOfPrimingAreServed() {
        var log = logs.getLogger("dev.gatehouse.audit");

        PrintingLogger.withWarningsOnly(() -> {
            log.atInfo().addKeyValue("what", "priming").log("audit");
            log.info("denied");
            log.warn("failed");
        });
        log.info("afterwards");

        assertThat(lines()).extracting(line -> line.get("message")).containsExactly("failed", "afterwards");
    }

    @Test
    void printsTextWithTheStackTraceBelow() {
        var log = new PrintingLogger("dev.gatehouse.a.B", Level.INFO, false);
        CurrentRequest.begin("r-1");
        log.atInfo().addKeyValue("size", 3).log("plain");
        CurrentRequest.end();
        log.error("it failed", new IllegalStateException("why"));

        assertThat(printed())
                .startsWith(
                        "[INFO] B - plain size=3\n[ERROR] B - it failed\njava.lang.IllegalStateException: why\n\tat ");
    }

    @Test
    void logsNothingIfTheLevelIsOff() {
        new PrintingLogger("dev.gatehouse.a.B", null, true).error("error");

        assertThat(printed()).isEmpty();
    }

    @Test
    void rejectsUnknownSettings() {
        assertThatThrownBy(() -> PrintedLogs.settings(Map.of("LOG_LEVEL", "loud")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("LOG_LEVEL must be one of TRACE, DEBUG, INFO, WARN, ERROR, OFF, not loud");
        assertThatThrownBy(() -> PrintedLogs.settings(Map.of("LOG_FORMAT", "xml")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("LOG_FORMAT must be json or text, not xml");
        assertThat(PrintedLogs.settings(Map.of("LOG_LEVEL", "debug", "LOG_FORMAT", "text"))
                        .level())
                .isEqualTo("DEBUG");
    }
}
