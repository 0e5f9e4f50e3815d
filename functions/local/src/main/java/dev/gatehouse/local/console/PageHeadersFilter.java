// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import dev.gatehouse.codec.Sha256;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.io.ResourceResolver;
import io.micronaut.core.order.Ordered;
import io.micronaut.core.util.PathMatcher;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Adds the headers that protect pages: no script, style, frame, form or connection but the server's own. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class PageHeadersFilter {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String SWAGGER_UI = "classpath:META-INF/swagger/views/swagger-ui/index.html";
    private static final Pattern INLINE_SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);

    private final List<Page> pages;

    private record Page(String pattern, String policy) {}

    PageHeadersFilter(ResourceResolver resources) {
        pages = List.of(
                new Page("/", POLICY),
                new Page("/console/**", POLICY),
                // Some browsers do not count a WebSocket as 'self'.
                new Page("/demo/**", POLICY.replace("connect-src 'self'", "connect-src 'self' ws: wss:")),
                new Page(
                        "/swagger-ui/**",
                        POLICY.replace("script-src 'self'", "script-src 'self'" + hashes(resources))));
    }

    /** Returns the hashes of the inline scripts of Swagger UI, which the build generates. */
    private static String hashes(ResourceResolver resources) {
        return resources.getResourceAsStream(SWAGGER_UI).map(PageHeadersFilter::text).stream()
                .flatMap(page -> INLINE_SCRIPT.matcher(page).results())
                .map(script -> Sha256.of(script.group(1).getBytes(StandardCharsets.UTF_8)))
                .map(digest -> " 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'")
                .collect(Collectors.joining());
    }

    private static String text(InputStream page) {
        try (page) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ResponseFilter
    void protect(HttpRequest<?> request, MutableHttpResponse<?> response) {
        var path = request.getUri().getPath();
        for (var page : pages) {
            if (PathMatcher.ANT.matches(page.pattern, path)) {
                response.header("Content-Security-Policy", page.policy)
                        .header("X-Content-Type-Options", "nosniff")
                        .header("X-Frame-Options", "DENY")
                        .header("Referrer-Policy", "no-referrer")
                        .header("Cross-Origin-Opener-Policy", "same-origin");
                return;
            }
        }
    }
}
