// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Property;
import io.micronaut.web.router.Router;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The prefix of the paths in events: the stage, which an event names, or the base path of a custom domain or load
 * balancer rule, which only the setting {@value #SETTING} contains. Routes are served with and without it.
 */
@Context
public final class BasePath {

    static final String SETTING = "GATEHOUSE_BASE_PATH";

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~$-]+)+");

    private final String configured;
    private final BeanProvider<Router> router;

    /** @throws InvalidSetting if {@code configured} is not a path such as {@code /orders} */
    BasePath(@Nullable @Property(name = "gatehouse.base-path") String configured, BeanProvider<Router> router) {
        this.configured = configured == null ? "" : configured.strip();
        this.router = router;
        if (!this.configured.isEmpty() && !PATH.matcher(this.configured).matches()) {
            throw new InvalidSetting(SETTING, "must be a path such as /orders, without a slash at its end");
        }
    }

    /** Returns the base path in the setting; empty if it has none. */
    public String configured() {
        return configured;
    }

    /** Returns {@code path} without the configured prefix. */
    @Nullable
    String strip(@Nullable String path) {
        return path == null ? null : without(configured, path);
    }

    /**
     * Returns {@code path} without the configured prefix, or else without the stage. On API Gateway's own domains a path
     * begins with the stage. On a custom domain the mapping decides, so the path of a route is complete: a stage may be
     * named like the first part of a route.
     *
     * @param domain null if the event does not name it
     * @param stage null if the path does not begin with it
     */
    @Nullable
    String strip(@Nullable String path, @Nullable String domain, @Nullable String stage) {
        var below = strip(path);
        if (path == null || !path.equals(below) || stage == null || stage.isEmpty()) {
            return below;
        }
        var belowStage = without("/" + stage, path);
        boolean isOwnDomain = domain != null && domain.contains(".execute-api.");
        return isOwnDomain || belowStage.equals(path) || !isRoute(path) ? belowStage : path;
    }

    private boolean isRoute(String path) {
        return router.get().findAny(path, null).findAny().isPresent();
    }

    private static String without(String prefix, String path) {
        if (prefix.isEmpty() || !path.startsWith(prefix)) {
            return path;
        }
        var rest = path.substring(prefix.length());
        return rest.isEmpty() ? "/" : rest.startsWith("/") ? rest : path;
    }
}
