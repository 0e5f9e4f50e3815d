// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.logs.EmfLine;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.LoggerFactory;

/** Verifies the lines that a function prints: metrics and logs. */
@ResourceLock(Resources.SYSTEM_OUT)
class PrintedLinesTest {

    private static final String KEY = "k-s3cret";
    private static final PrintStream OUT = System.out;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void captureOutput() {
        System.setOut(new PrintStream(printed, false, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restoreOutput() {
        System.setOut(OUT);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static HttpApiHandler function() throws Exception {
        var digest = MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(StandardCharsets.UTF_8));
        return new HttpApiHandler(FunctionContext.builder()
                .properties(Map.of(
                        "gatehouse.service",
                        "true",
                        "gatehouse.api-keys",
                        "acme=" + HexFormat.of().formatHex(digest)))
                .start());
    }

    private static SentEvent event(String path, String key) {
        return SentEvent.of("POST", path, "{\"subject\":\"ada-s3cret\"}", key);
    }

    private static Map<String, Object> json(String line) {
        try {
            return JsonMapper.createDefault().readValue(line, Argument.mapOf(String.class, Object.class));
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }

    @Test
    void printsOneLineOfMetricsForEachRequest() throws Exception {
        var function = function();
        event("/v1/echo", KEY).to(function, new InvocationContext(30_000));
        event("/v1/echo", "wrong-s3cret").to(function);
        event("/nowhere-s3cret", KEY).to(function);
        event("no-path-s3cret", KEY).to(function);
        SentEvent.send(new byte[0], function, null);

        var lines = EmfLine.in(printed());

        assertThat(printed().lines()).hasSize(5);
        assertThat(lines)
                .extracting(line -> line.members().get("route"))
                .containsExactly("POST /v1/echo", "POST /v1/echo", "none", "none", "none");
        assertThat(lines)
                .extracting(line -> line.members().get("Outcome"))
                .containsExactly("ok", "unauthenticated", "not-found", "invalid-request", "invalid-request");
        assertThat(lines).extracting(line -> line.members().get("status")).containsExactly(200, 401, 404, 400, 400);
        assertThat(lines)
                .extracting(line -> line.members().get("tenant"))
                .containsExactly("acme", null, null, null, null);
        assertThat(lines).extracting(line -> line.value("ColdStart")).containsExactly(1.0, 0.0, 0.0, 0.0, 0.0);
        assertThat(lines.getFirst().members()).containsEntry("requestId", "gateway-1");
        assertThat(lines.getFirst().value("Duration")).isPositive();
        assertThat(printed()).doesNotContain("s3cret");
    }

    @Test
    void logsAndCountsAnInternalErrorOnceWithRequestAndTenant() throws Exception {
        event("/v1/echo/fault", KEY).to(function());

        var lines = printed().lines().toList();
        assertThat(lines).hasSize(2);
        var log = json(lines.getFirst());
        assertThat(log)
                .containsEntry("level", "ERROR")
                .containsEntry("logger", "UnexpectedErrors")
                .containsEntry("requestId", "gateway-1")
                .containsEntry("tenant", "acme")
                .hasEntrySatisfying(
                        "stackTrace", trace -> assertThat((String) trace).contains("\n\tat dev.gatehouse."))
                .hasEntrySatisfying("timestamp", time -> Instant.parse((String) time));
        assertThat(EmfLine.read(lines.get(1)).members()).containsEntry("Outcome", "internal-error");
    }

    @Test
    void logsRequestAndTenantAsSoonAsTheyAreKnown() throws Exception {
        var function = function();
        event("/v1/echo/aloud", KEY).to(function);
        LoggerFactory.getLogger("dev.gatehouse.Anything").info("afterwards");

        var lines = printed()
                .lines()
                .filter(line -> !EmfLine.isOne(line))
                .map(PrintedLinesTest::json)
                .toList();

        assertThat(lines).extracting(line -> line.get("message")).containsExactly("aloud", "afterwards");
        assertThat(lines).extracting(line -> line.get("requestId")).containsExactly("gateway-1", null);
        assertThat(lines).extracting(line -> line.get("tenant")).containsExactly("acme", null);
    }
}
