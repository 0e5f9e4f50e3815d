// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import static dev.gatehouse.local.Caller.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifies each value of the console's setting on servers that accept connections from everywhere. */
class ConsoleAccessTest {

    private static final List<String> PATHS = List.of(
            "/",
            "/console",
            "/console/",
            "/console/index.html",
            "/console//index.html",
            "/console/lib/uPlot.iife.min.js",
            "/console/figures",
            "/console/missing",
            "/%63onsole/index.html",
            "/console%2findex.html",
            "//console/index.html",
            "/./console/index.html",
            "/%2fconsole/index.html");

    private static Server byDefault;
    private static Server on;
    private static Server off;

    @BeforeAll
    static void start() throws IOException {
        byDefault = everywhere("");
        on = everywhere("On");
        off = everywhere("off");
    }

    @AfterAll
    static void stop() {
        byDefault.close();
        on.close();
        off.close();
    }

    private static Server everywhere(String access) throws IOException {
        return TestServer.start(
                "ENABLE_REDIS", "false", "MICRONAUT_SERVER_HOST", "0.0.0.0", "GATEHOUSE_CONSOLE", access);
    }

    private static RawHttp http(Server server) {
        return RawHttp.onLoopback(server.port());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "localhost:8080",
                "localhost:1",
                "127.0.0.1",
                "127.0.0.1:8080",
                "127.255.0.9:65535",
                "[::1]",
                "[::1]:8080"
            })
    void theDefaultServesHostsOfThisMachine(String host) throws IOException {
        assertThat(http(byDefault).get("/console/index.html", "Host: " + host).status())
                .isEqualTo(200);
        assertThat(http(byDefault).get("/", "Host: " + host).status()).isEqualTo(307);
    }

    /** The name of such a page may resolve to 127.0.0.1, so that the browser takes this server for the page's own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rebind.example",
                "rebind.example:8080",
                "localhost.rebind.example",
                "127.0.0.1.rebind.example",
                "rebind.example.127.0.0.1",
                "localhost@rebind.example",
                "localhost:8080@rebind.example",
                "localhost:rebind.example",
                "127.0.0.256",
                "127.0.1",
                "1127.0.0.1",
                "128.0.0.1",
                "0.0.0.0",
                "10.0.0.1",
                "[::]",
                "[::1",
                "::1",
                "[::ffff:10.0.0.1]",
                "localhost, rebind.example",
                "localhost rebind.example",
                "localhost.",
                ""
            })
    void theDefaultRejectsOtherHosts(String host) throws IOException {
        var response = http(byDefault).get("/console/index.html", "Host: " + host);

        assertProblem(response, 403, "forbidden");
        assertThat(response.body().get("detail").toString()).contains("GATEHOUSE_CONSOLE=on");
    }

    @Test
    void theDefaultRejectsARequestWithoutAHostOrWithTwo() throws IOException {
        assertThat(http(byDefault)
                        .exchange("GET /console/index.html HTTP/1.0\r\n\r\n")
                        .status())
                .isIn(400, 403);
        for (var hosts : List.of(
                List.of("Host: localhost", "Host: rebind.example"),
                List.of("Host: rebind.example", "Host: localhost"),
                List.of("Host: localhost", "Host: localhost"))) {
            assertThat(http(byDefault)
                            .get("/console/index.html", hosts.toArray(String[]::new))
                            .status())
                    .isIn(400, 403);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded: for=192.0.2.1",
                "X-Forwarded-For: 127.0.0.1",
                "x-forwarded-for: 127.0.0.1",
                "X-Forwarded-Host: localhost",
                "X-Forwarded-Proto: http",
                "X-Forwarded-For:",
                "X-Real-IP: 127.0.0.1",
                "Via: 1.1 proxy"
            })
    void theDefaultRejectsWhatAProxyForwards(String header) throws IOException {
        assertProblem(http(byDefault).get("/console/index.html", header), 403, "forbidden");
        assertThat(http(on).get("/console/index.html", header).status()).isEqualTo(200);
    }

    @Test
    void theDefaultRejectsOtherMachines() throws IOException {
        var address = addressOfThisMachine();
        assumeTrue(address != null, "this machine has no address other than loopback");
        var remote = new RawHttp(address, byDefault.port());

        for (var host : List.of("localhost", "127.0.0.1", address.getHostAddress())) {
            assertProblem(remote.get("/console/index.html", "Host: " + host), 403, "forbidden");
        }
        assertThat(new RawHttp(address, on.port()).get("/console/index.html").status())
                .isEqualTo(200);
    }

    private static @Nullable InetAddress addressOfThisMachine() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst()
                .orElse(null);
    }

    @Test
    void noSpellingOfAPathAvoidsTheRestriction() throws IOException {
        for (var path : PATHS) {
            assertThat(http(byDefault).get(path, "Host: rebind.example").status())
                    .as(path)
                    .isIn(400, 403, 404);
            assertThat(http(off).get(path).status()).as(path).isIn(400, 404);
        }
    }

    @Test
    void onServesEveryHost() throws IOException {
        for (var host : List.of("gatehouse.example", "10.0.0.1:8080", "localhost")) {
            assertThat(http(on).get("/console/index.html", "Host: " + host).status())
                    .isEqualTo(200);
        }
        assertThat(http(on).get("/", "Host: gatehouse.example").header("Location"))
                .isEqualTo("/console/index.html");
    }

    @Test
    void offHasNoConsole() throws IOException {
        for (var path : List.of("/", "/console", "/console/index.html", "/console/lib/uPlot.min.css")) {
            for (var method : List.of("GET", "POST")) {
                assertProblem(http(off).send(method, path, "Content-Length: 0"), 404, "not-found");
            }
            assertThat(http(off).send("HEAD", path).status()).isEqualTo(404);
        }
        assertThat(http(off).get("/demo/index.html").status()).isEqualTo(200);
    }

    @Test
    void theApiDoesNotDependOnIt() throws IOException {
        for (var server : List.of(byDefault, on, off)) {
            assertThat(http(server)
                            .get("/redis/stats", "Host: gatehouse.example", "X-Api-Key: " + TestServer.KEY)
                            .status())
                    .as("Redis is disabled")
                    .isEqualTo(503);
        }
    }

    @Test
    void anInvalidSettingStopsTheStart() {
        assertThatThrownBy(() -> everywhere("maybe"))
                .hasStackTraceContaining("GATEHOUSE_CONSOLE must be loopback, on or off, not maybe");
    }
}
