package dev.gatehouse.lambda;

import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Property;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The prefix of the paths in events: the stage, which an event names, or the base path of a custom domain or load
 * balancer rule, which only the setting {@value #SETTING} contains. Routes are served with and without it.
 */
@Context
final class BasePath {

    static final String SETTING = "GATEHOUSE_BASE_PATH";

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~$-]+)+");

    private final String configured;

    /** @throws InvalidSetting if {@code configured} is not a path such as {@code /orders} */
    BasePath(@Nullable @Property(name = "gatehouse.base-path") String configured) {
        this.configured = configured == null ? "" : configured.strip();
        if (!this.configured.isEmpty() && !PATH.matcher(this.configured).matches()) {
            throw new InvalidSetting(SETTING, "must be a path such as /orders, without a slash at its end");
        }
    }

    /**
     * Returns {@code path} without its prefix, if it has one.
     *
     * @param stage null if paths of this event do not begin with a stage
     */
    @Nullable
    String strip(@Nullable String path, @Nullable String stage) {
        if (path == null) {
            return null;
        }
        var below = without(configured, path);
        return below.equals(path) && stage != null && !stage.isEmpty() ? without("/" + stage, path) : below;
    }

    private static String without(String prefix, String path) {
        if (prefix.isEmpty() || !path.startsWith(prefix)) {
            return path;
        }
        var rest = path.substring(prefix.length());
        return rest.isEmpty() ? "/" : rest.startsWith("/") ? rest : path;
    }
}
