// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import dev.gatehouse.redis.CommandListener;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.config.EnvironmentVariables;
import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Property;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the outcome of each command if {@code REDIS_LOG_COMMANDS} is true. A line has the script's name, its keys with
 * hashed subjects, the outcome and the microseconds, but never a value. An example is
 * {@code check [gh:{acme:Ki3jW0ySVmhC}:rl:api] answered in 312 us}. Logging a line takes longer than the command.
 */
@Context
public final class CommandLog implements CommandListener {

    private static final String SETTING = "REDIS_LOG_COMMANDS";

    private static final Logger LOG = LoggerFactory.getLogger("dev.gatehouse.redis.commands");

    /**
     * @param setting the setting as Micronaut reads it; null if {@code REDIS_*} is hidden from Micronaut, as on Lambda
     * @throws InvalidSetting if {@code REDIS_LOG_COMMANDS} is neither true nor false
     */
    CommandLog(BeanProvider<RedisLink> link, @Nullable @Property(name = "redis.log-commands") String setting) {
        var variables = setting == null ? System.getenv() : Map.of(SETTING, setting);
        if (Boolean.TRUE.equals(new EnvironmentVariables(variables).flag(SETTING))) {
            link.get().addCommandListener(this);
        }
    }

    @Override
    public void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos) {
        if (LOG.isInfoEnabled()) {
            var words = ReplyWords.of(reply);
            LOG.info("{} {} {} in {} us", script == null ? "a command" : script, keys, words, nanos / 1_000);
        }
    }
}
