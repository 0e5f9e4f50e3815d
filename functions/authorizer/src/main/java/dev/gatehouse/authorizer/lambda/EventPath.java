// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.RoutePath;
import dev.gatehouse.lambda.EventJson;
import org.jspecify.annotations.Nullable;

/**
 * Reads the path of a request for the route rules.
 *
 * <table>
 * <caption>The path in an event</caption>
 * <tr><th></th><th>member</th><th>decoded</th><th>prefix</th></tr>
 * <tr><td>HTTP API, 2.0</td><td>{@code rawPath}</td><td>yes</td><td>a named stage, or the base path of a custom domain</td></tr>
 * <tr><td>HTTP API, 1.0</td><td>{@code path}</td><td>yes</td><td>the same</td></tr>
 * <tr><td>REST API</td><td>{@code path}</td><td>no</td><td>the base path of a custom domain</td></tr>
 * <tr><td>WebSocket</td><td>none</td><td></td><td></td></tr>
 * </table>
 *
 * @param basePath the base path of custom domains; empty if there is none
 */
record EventPath(String basePath) {

    /** Returns the path in the form of {@link RoutePath}, without the prefix; null if it is ambiguous or missing. */
    @Nullable
    String read(ResponseFormat format, EventJson event) {
        var context = event.object("requestContext");
        return switch (format) {
            case SIMPLE -> withoutPrefix(decoded(event.text("rawPath")), context, named(context.text("stage")));
            case POLICY -> withoutPrefix(decoded(event.text("path")), context, stage(event, context));
            case POLICY_OR_FAILURE ->
                event.text("httpMethod") == null
                        ? RoutePath.CONNECT
                        : withoutPrefix(encoded(event.text("path")), context, null);
        };
    }

    private static @Nullable String decoded(@Nullable String path) {
        return path == null ? null : RoutePath.ofDecoded(path);
    }

    private static @Nullable String encoded(@Nullable String path) {
        return path == null ? null : RoutePath.ofEncoded(path);
    }

    /** Returns {@code stage}; null for the default stage, which no path begins with. */
    private static @Nullable String named(@Nullable String stage) {
        return "$default".equals(stage) ? null : stage;
    }

    /** Returns the stage; null if the path of the request context shows that the gateway has removed it. */
    private static @Nullable String stage(EventJson event, EventJson context) {
        var stage = named(context.text("stage"));
        return ("/" + stage + event.text("path")).equals(context.text("path")) ? null : stage;
    }

    /** @param stage null if the path cannot begin with it */
    private @Nullable String withoutPrefix(@Nullable String path, EventJson context, @Nullable String stage) {
        if (path == null) {
            return null;
        }
        var domain = context.text("domainName");
        boolean isOwnDomain = domain != null && domain.contains(".execute-api.");
        var prefix = !isOwnDomain ? basePath : stage == null ? "" : "/" + stage;
        if (isBelow(prefix, path)) {
            return path.equals(prefix) ? "/" : path.substring(prefix.length());
        }
        // On a custom domain, the first part may be the stage or belong to the route.
        return !isOwnDomain && stage != null && isBelow("/" + stage, path) ? null : path;
    }

    private static boolean isBelow(String prefix, String path) {
        return !prefix.isEmpty() && (path.equals(prefix) || path.startsWith(prefix + "/"));
    }
}
