// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutePathTest {

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a, /a",
        "/a/, /a",
        "/%61dmin, /admin",
        "/a+b, /a+b",
        "/a%20b, /a b",
        "/%C3%BC, /ü",
        "/a.b/..c/...,/a.b/..c/...",
        "/.well-known/x, /.well-known/x"
    })
    void decodesOnceAndDropsASlashAtTheEnd(String path, String route) {
        assertThat(RoutePath.ofEncoded(path)).isEqualTo(route);
        assertThat(RoutePath.ofDecoded(route)).isEqualTo(route);
    }

    @Test
    void readsAPathOfManySegments() {
        var path = "/a".repeat(100_000);
        assertThat(RoutePath.ofEncoded(path)).isEqualTo(path);
        assertThat(RoutePath.ofDecoded(path + "/..")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "//",
                "//a",
                "/a//b",
                "/a//",
                "/.",
                "/..",
                "/a/./b",
                "/a/../b",
                "/a/..",
                "/%2e%2E/a",
                "/a%2fb",
                "/a%2Fb",
                "/a%5Cb",
                "/a\\b",
                "/a%252fb",
                "/a%25",
                "/a%",
                "/a%zz",
                "/a;b/c",
                "/a%3Bb",
                "/a%3Fb",
                "/a%23b",
                "/a%00",
                "/a%0Ab",
                "/a%FF",
                "*"
            })
    void anAmbiguousPathHasNoForm(String path) {
        assertThat(RoutePath.ofEncoded(path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2fb", "/a%41", "/a/../b", "/a//b", "/a?b", "/a#b", "/a;b", "/a\nb", "/a\uFFFDb"})
    void aDecodedPathIsNotDecodedAgain(String path) {
        assertThat(RoutePath.ofDecoded(path)).isNull();
    }
}
