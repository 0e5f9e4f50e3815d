// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.cors.CorsFilter;
import io.micronaut.web.router.RouteAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates callers, checks their {@linkplain RightsAllowed rights}, and rejects bodies that no controller could read. Every
 * path below {@code /v1}, whether it exists or not, every path that describes Redis, and every route that declares rights
 * requires an authenticated caller. {@code /health} is open, and shows more to callers with the right {@code read}.
 *
 * <p>Matches all paths and tests them itself: if one filter has a pattern, Micronaut assembles the list of filters anew for
 * each request.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class AdmissionFilter implements Ordered {

    private static final String API = "/v1";
    private static final List<String> GUARDED =
            List.of(API, "/health/redis", "/health/detailed", "/redis", "/info", "/loggers");
    private static final String OPEN = "/health";

    private final Authentication authentication;
    private final @Nullable Telemetry telemetry;

    AdmissionFilter(Authentication authentication, @Nullable Telemetry telemetry) {
        this.authentication = authentication;
        this.telemetry = telemetry;
    }

    /** Follows CORS, so that a browser can read a 401. */
    @Override
    public int getOrder() {
        return CorsFilter.CORS_FILTER_ORDER + 100;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        var path = request.getPath();
        boolean guarded = isGuarded(path) || declaresRights(request);
        if (!guarded && !isBelow(OPEN, path)) {
            return null;
        }
        var caller = authenticate(request);
        if (!guarded) {
            return null;
        }
        if (caller == null) {
            return Problem.unauthenticated(authentication.advice()).response();
        }
        var missing = caller.rights() == null ? null : missingRights(request, caller);
        if (missing != null) {
            return forbidden(missing);
        }
        return isBelow(API, path) && !isReadable(request)
                ? Problem.unsupportedMediaType().response()
                : null;
    }

    private @Nullable Caller authenticate(HttpRequest<?> request) {
        var caller = authentication.callerOf(request);
        if (caller != null) {
            caller.attachTo(request);
            if (telemetry != null) {
                telemetry.recordTenant(caller.tenant().name());
            }
        }
        return caller;
    }

    /** Returns the rights that allow the route; null if the caller has one of them, or there is no such route. */
    private static @Nullable List<String> missingRights(HttpRequest<?> request, Caller caller) {
        var route = RouteAttributes.getRouteInfo(request).orElse(null);
        if (route == null) {
            return null;
        }
        var rights = List.of(route.getAnnotationMetadata().stringValues(RightsAllowed.class));
        return caller.hasAny(rights) ? null : rights;
    }

    private static HttpResponse<?> forbidden(List<String> rights) {
        return Problem.forbidden(
                        rights.isEmpty()
                                ? "This operation requires an API key without a list of rights."
                                : "This operation requires an API key with the right " + String.join(" or ", rights)
                                        + ".")
                .response();
    }

    /**
     * Returns whether the body can be read. Routing ignores a malformed Content-Type and any but the first, and nothing
     * here decompresses bodies.
     */
    private static boolean isReadable(HttpRequest<?> request) {
        var headers = request.getHeaders();
        var types = headers.getAll(HttpHeaders.CONTENT_TYPE);
        return (types.isEmpty()
                        || (types.size() == 1 && request.getContentType().isPresent()))
                && isAbsentOr("identity", headers.getAll(HttpHeaders.CONTENT_ENCODING))
                && isAbsentOr("chunked", headers.getAll(HttpHeaders.TRANSFER_ENCODING));
    }

    private static boolean isAbsentOr(String coding, List<String> values) {
        return values.isEmpty()
                || (values.size() == 1 && values.getFirst().strip().equalsIgnoreCase(coding));
    }

    private static boolean declaresRights(HttpRequest<?> request) {
        return RouteAttributes.getRouteInfo(request)
                .map(route -> route.getAnnotationMetadata().hasAnnotation(RightsAllowed.class))
                .orElse(false);
    }

    private static boolean isGuarded(String path) {
        for (var root : GUARDED) {
            if (isBelow(root, path)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBelow(String root, String path) {
        return path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/');
    }
}
