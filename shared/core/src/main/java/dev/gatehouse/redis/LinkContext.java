// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;

/** Starts a Micronaut context for a program without one. Its beans are created on demand. */
final class LinkContext {

    private LinkContext() {}

    static RedisLink start() {
        return start(builder());
    }

    static RedisLink start(RedisSettings settings) {
        return start(builder().singletons(settings));
    }

    private static ApplicationContextBuilder builder() {
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .bootstrapEnvironment(false)
                .environmentVariableExcludes(RedisSettings.environmentNames())
                .banner(false)
                .eagerInitSingletons(false);
    }

    private static RedisLink start(ApplicationContextBuilder builder) {
        var context = builder.start();
        try {
            return context.getBean(RedisLink.class).afterClose(context::close);
        } catch (RuntimeException e) {
            context.close();
            var invalid = InvalidSetting.causeOf(e);
            throw invalid == null ? e : invalid;
        }
    }
}
