// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import static dev.gatehouse.local.Caller.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the console, and the headers of all pages. */
class ConsolePagesTest {

    private static Server server;
    private static RawHttp http;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start("ENABLE_REDIS", "false");
        http = RawHttp.onLoopback(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/console", "/console/", "/?a=b"})
    void redirectsToThePage(String path) throws IOException {
        var response = http.get(path);

        assertThat(response.status()).isEqualTo(307);
        assertThat(response.header("Location")).isEqualTo("/console/index.html");
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    }

    @ParameterizedTest
    @CsvSource({
        "/console/index.html, text/html, <!doctype html>",
        "/console/console.css, text/css, {",
        "/console/main.js, javascript, import",
        "/console/pages/overview.js, javascript, export",
        "/console/icon.svg, image/svg+xml, <svg",
        "/console/lib/uPlot.iife.min.js, javascript, uPlot",
        "/console/lib/uPlot.min.css, text/css, .uplot",
        "/demo/index.html, text/html, <!doctype html>"
    })
    void servesFilesWithTheirTypes(String path, String type, String part) throws IOException {
        var response = http.get(path);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).contains(type);
        assertThat(response.text()).contains(part);
        // Browsers store nothing, so an upgrade shows at once.
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void answersHeadLikeGetWithoutTheBody() throws IOException {
        var get = http.get("/console/index.html");
        var head = http.send("HEAD", "/console/index.html");

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
        for (var name : new String[] {"Content-Security-Policy", "Cache-Control"}) {
            assertThat(head.header(name)).as(name).isEqualTo(get.header(name));
        }
        assertThat(http.send("HEAD", "/").status()).isEqualTo(307);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /console/index.html",
        "PUT, /console/lib/uPlot.esm.js",
        "DELETE, /console/",
        "POST, /",
        "OPTIONS, /console/index.html",
        "TRACE, /console/index.html",
        "BREW, /console/index.html"
    })
    void rejectsOtherMethods(String method, String path) throws IOException {
        var response = http.send(method, path, "Content-Length: 0");

        assertProblem(response, 405, "method-not-allowed");
        assertThat(response.header("Allow")).isEqualTo("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/missing.js",
                "/console/pages/",
                "/console/pages",
                "/console/lib/",
                "/console/lib/../package.json",
                "/console/lib/%2e%2e/package.json",
                "/console/lib/package.json",
                "/console/../application.properties",
                "/console/%2e%2e/application.properties",
                "/console/..%2fapplication.properties",
                "/console/%2e%2e%2fapplication.properties",
                "/console/..%5capplication.properties",
                "/console/..;/application.properties",
                "/console/pages/../../application.properties",
                "/console/.%00./application.properties",
                "/demo/../console/index.html",
                "/swagger/../console/index.html",
                "/demo/%2e%2e/application.properties",
                "/consolex/index.html",
                "/CONSOLE/index.html"
            })
    void hasNoOtherFiles(String path) throws IOException {
        var response = http.get(path);

        assertThat(response.status()).as(response.text()).isIn(400, 404);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.text()).doesNotContain("micronaut", "uplot");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/console", "/console/index.html", "/console/lib/uPlot.esm.js", "/console/missing.js"})
    void protectsThePages(String path) throws IOException {
        var response = http.get(path);

        assertProtected(response);
        assertThat(response.header("Content-Security-Policy"))
                .isEqualTo("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                        + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/demo/index.html", "/demo/demo.js"})
    void letsTheDemoOpenItsWebSocket(String path) throws IOException {
        var response = http.get(path);

        assertProtected(response);
        assertThat(response.header("Content-Security-Policy"))
                .contains("default-src 'none'; ", "; connect-src 'self' ws: wss:; ", "; frame-ancestors 'none'")
                .doesNotContain("unsafe");
    }

    /** Its page has one inline script, which the build generates. */
    @Test
    void letsSwaggerUiRunItsInlineScript() throws IOException {
        var response = http.get("/swagger-ui");
        var script = response.text().split("</?script>", -1)[1];
        var digest = Base64.getEncoder().encodeToString(Sha256.of(script.getBytes(StandardCharsets.UTF_8)));

        assertProtected(response);
        assertThat(response.header("Content-Security-Policy"))
                .contains("; script-src 'self' 'sha256-" + digest + "'; ", "; frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(http.get("/swagger-ui/res/swagger-ui-bundle.js").status()).isEqualTo(200);
    }

    private static void assertProtected(CallerResponse response) {
        assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(response.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(response.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
    }
}
