// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import dev.gatehouse.web.Problem;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.core.util.PathMatcher;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/** Applies {@link ConsoleAccess} to all paths of the console. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
final class ConsoleFilter {

    private final ConsoleAccess access;

    ConsoleFilter(ConsoleAccess access) {
        this.access = access;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        if (!isOfTheConsole(request.getUri().getPath())) {
            return null;
        }
        if (access == ConsoleAccess.OFF) {
            return Problem.of("not-found", "Not Found", 404, "No operation has this path.")
                    .response();
        }
        if (access == ConsoleAccess.LOOPBACK && !LoopbackRequest.matches(request)) {
            return Problem.forbidden("The console is served on this machine only, at http://localhost. "
                            + "The setting " + ConsoleAccess.SETTING + "=on serves it to every client.")
                    .response();
        }
        return isRead(request) ? null : methodNotAllowed();
    }

    /** The resolver of static resources serves a file to every method. */
    private static boolean isRead(HttpRequest<?> request) {
        return request.getMethod() == HttpMethod.GET || request.getMethod() == HttpMethod.HEAD;
    }

    private static HttpResponse<?> methodNotAllowed() {
        return Problem.of(
                        "method-not-allowed",
                        "Method Not Allowed",
                        405,
                        "The header Allow lists the methods of this path.")
                .withHeader(HttpHeaders.ALLOW, "GET, HEAD")
                .response();
    }

    /** Matches as the resolver of static resources does, which ignores empty segments of a path. */
    private static boolean isOfTheConsole(String path) {
        return path.equals("/") || PathMatcher.ANT.matches("/console/**", path);
    }
}
