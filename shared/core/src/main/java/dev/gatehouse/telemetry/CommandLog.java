package dev.gatehouse.telemetry;

import dev.gatehouse.redis.CommandListener;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.annotation.Requires;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * With {@code REDIS_LOG_COMMANDS=true}, says of all that is asked of Redis the script, the keys, in which subjects are
 * hashed, what came of it and in how many microseconds: {@code check [gh:{acme:Ki3jW0ySVmhC}:rl:api] answered in 312 us}.
 * Never a value. A line for each costs more than the asking.
 */
@Context
@Requires(property = CommandLog.PROPERTY)
public final class CommandLog implements CommandListener {

    static final String PROPERTY = "redis.log-commands";

    private static final String SETTING = "REDIS_LOG_COMMANDS";

    private static final Logger LOG = LoggerFactory.getLogger("dev.gatehouse.redis.commands");

    CommandLog(RedisLink link, @Property(name = PROPERTY) String setting) {
        if (isWanted(setting)) {
            link.addCommandListener(this);
        }
    }

    /**
     * Has it said of {@code link}, if {@code environment} wants it.
     *
     * @throws InvalidSetting if {@code REDIS_LOG_COMMANDS} is neither true nor false
     */
    public static void of(RedisLink link, Map<String, String> environment) {
        var _ = new CommandLog(link, environment.getOrDefault(SETTING, ""));
    }

    private static boolean isWanted(String setting) {
        return switch (setting.strip().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off", "" -> false;
            default -> throw new InvalidSetting(SETTING, "must be true or false, not " + setting);
        };
    }

    @Override
    public void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos) {
        if (LOG.isInfoEnabled()) {
            var words = ReplyWords.of(reply);
            LOG.info("{} {} {} in {} us", script == null ? "a command" : script, keys, words, nanos / 1_000);
        }
    }
}
