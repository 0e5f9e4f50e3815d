package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.Gate;
import dev.gatehouse.authorizer.GateSettings;
import dev.gatehouse.authorizer.lambda.Answers.WhenUnavailable;
import dev.gatehouse.redis.RedisLink;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** The beans of the authorizer on Lambda. */
@Factory
@Requires(env = "lambda")
final class AuthorizerBeans {

    @Singleton
    @Requires(missingBeans = GateSettings.class)
    GateSettings settings() {
        return GateSettings.from(System.getenv());
    }

    @Singleton
    @Requires(missingBeans = WhenUnavailable.class)
    WhenUnavailable unavailable() {
        return WhenUnavailable.from(System.getenv());
    }

    @Singleton
    Gate gate(RedisLink link, GateSettings settings) {
        return Gate.over(link, settings);
    }

    @Singleton
    Answers answers(GateSettings settings, WhenUnavailable unavailable) {
        return new Answers(settings.tenant(), unavailable);
    }
}
