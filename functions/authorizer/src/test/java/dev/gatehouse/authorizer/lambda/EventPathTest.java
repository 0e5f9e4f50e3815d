// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.lambda.EventJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventPathTest {

    private static final String OWN = "a1.execute-api.eu-west-1.amazonaws.com";
    private static final String CUSTOM = "api.example.com";

    @ParameterizedTest
    @EnumSource
    void readsTheDocumentedEvents(GatewayEvent kind) {
        var event = EventJson.read(kind.bytes("x"));
        assertThat(new EventPath("")
                        .read(
                                switch (kind) {
                                    case HTTP_API -> ResponseFormat.SIMPLE;
                                    case HTTP_API_BY_POLICY -> ResponseFormat.POLICY;
                                    case REST_API, WEB_SOCKET -> ResponseFormat.POLICY_OR_FAILURE;
                                },
                                event))
                .isEqualTo(
                        switch (kind) {
                            case HTTP_API -> "/my/path";
                            case HTTP_API_BY_POLICY, REST_API -> "/request";
                            case WEB_SOCKET -> "$connect";
                        });
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // base path, domain, stage, path, read
                "'', own, $default, /a, /a",
                "'', own, $default, /$default/a, /$default/a",
                "'', custom, $default, /$default/a, /$default/a",
                "'', own, live, /live/a, /a",
                "'', own, live, /live, /",
                "'', own, live, /lively/a, /lively/a",
                "'', own, live, /live/live/a, /live/a",
                "'', own, live, /live/a%2Fb, -",
                "'', own, live, /live/../a, -",
                "'', own, live, /live//a, -",
                "/orders, own, live, /live/orders/a, /orders/a",
                "/orders, custom, live, /orders/a, /a",
                "/orders, custom, live, /orders, /",
                "/orders, custom, live, /a, /a",
                "/orders, custom, orders, /orders/a, /a",
                // The stage or a part of the route.
                "'', custom, live, /live/a, -",
                "'', none, live, /live/a, -",
                "'', custom, live, /a, /a"
            })
    void removesThePrefixOfAnHttpApi(String basePath, String domain, String stage, String path, String read) {
        var event = "{'rawPath':'%s','path':'%s','httpMethod':'GET','requestContext':{%s'stage':'%s'}}"
                .formatted(path, path, domain(domain), stage);
        assertThat(read(basePath, ResponseFormat.SIMPLE, event)).isEqualTo(read);
        assertThat(read(basePath, ResponseFormat.POLICY, event)).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "'', own, /live/a, /live/a",
                "'', own, /%61/b+c, /a/b+c",
                "'', own, /a%2Fb, -",
                "/orders, custom, /orders/a, /a",
                "/orders, custom, /%6Frders/a, /a",
                "/orders, own, /orders/a, /orders/a",
                "'', custom, /live/a, /live/a"
            })
    void decodesThePathOfARestApiWhichHasNoStage(String basePath, String domain, String path, String read) {
        var event =
                "{'path':'%s','httpMethod':'GET','requestContext':{%s'stage':'live'}}".formatted(path, domain(domain));
        assertThat(read(basePath, ResponseFormat.POLICY_OR_FAILURE, event)).isEqualTo(read);
    }

    @Test
    void keepsAPathFromWhichTheGatewayHasRemovedTheStage() {
        var event = "{'path':'/live/a','requestContext':{'domainName':'%s','stage':'live','path':'/live/live/a'}}"
                .formatted(OWN);
        assertThat(read("", ResponseFormat.POLICY, event)).isEqualTo("/live/a");
    }

    @Test
    void aMissingPathIsAmbiguous() {
        assertThat(read("", ResponseFormat.SIMPLE, "{}")).isNull();
        assertThat(read("", ResponseFormat.POLICY, "{'path':7}")).isNull();
        assertThat(read("", ResponseFormat.POLICY_OR_FAILURE, "{'httpMethod':'GET'}"))
                .isNull();
    }

    private static String domain(String kind) {
        return switch (kind) {
            case "own" -> "'domainName':'" + OWN + "',";
            case "custom" -> "'domainName':'" + CUSTOM + "',";
            default -> "";
        };
    }

    private static String read(String basePath, ResponseFormat format, String event) {
        return new EventPath(basePath)
                .read(format, EventJson.read(event.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }
}
