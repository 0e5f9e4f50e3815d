package dev.gatehouse.web;

import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.cors.CorsFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates callers, and rejects bodies that no controller could read. Every path below {@code /v1}, whether it exists
 * or not, and every path that describes Redis requires an authenticated caller. {@code /health} is open, and shows
 * authenticated callers more.
 *
 * <p>Matches all paths and tests them itself: if one filter has a pattern, Micronaut assembles the list of filters anew for
 * each request.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class AdmissionFilter implements Ordered {

    private static final String ATTRIBUTE = Tenant.class.getName();
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

    /** Returns the tenant of an authenticated {@code request}; null if it is anonymous. */
    static @Nullable Tenant tenantOf(HttpRequest<?> request) {
        return request.getAttribute(ATTRIBUTE).orElse(null) instanceof Tenant tenant ? tenant : null;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        var path = request.getPath();
        boolean guarded = isGuarded(path);
        if (!guarded && !isBelow(OPEN, path)) {
            return null;
        }
        if (!authenticate(request) && guarded) {
            return Problem.unauthenticated(authentication.advice()).response();
        }
        return isBelow(API, path) && !isReadable(request)
                ? Problem.unsupportedMediaType().response()
                : null;
    }

    private boolean authenticate(HttpRequest<?> request) {
        var tenant = authentication.tenantOf(request);
        if (tenant == null) {
            return false;
        }
        request.setAttribute(ATTRIBUTE, tenant);
        if (telemetry != null) {
            telemetry.recordTenant(tenant.name());
        }
        return true;
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
