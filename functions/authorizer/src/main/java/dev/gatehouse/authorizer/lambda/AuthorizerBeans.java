// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.authorizer.RequestAuthorizer;
import dev.gatehouse.authorizer.lambda.AuthorizerResponseMapper.WhenUnavailable;
import dev.gatehouse.ratelimit.http.policy.PolicyDocument;
import dev.gatehouse.ratelimit.telemetry.LimitReporter;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Creates the beans of the authorizer on Lambda. They are eager, so that an invalid setting fails the start. */
@Factory
@Requires(env = "lambda")
final class AuthorizerBeans {

    @Singleton
    @Requires(missingBeans = AuthorizerSettings.class)
    AuthorizerSettings settings() {
        return AuthorizerSettings.from(System.getenv());
    }

    @Singleton
    @Requires(missingBeans = WhenUnavailable.class)
    WhenUnavailable unavailable() {
        return WhenUnavailable.from(System.getenv());
    }

    @Singleton
    @Requires(missingBeans = ContextAttributes.class)
    ContextAttributes attributes() {
        return ContextAttributes.from(System.getenv());
    }

    @Context
    RequestAuthorizer authorizer(RedisLink link, AuthorizerSettings settings, Telemetry telemetry) {
        return RequestAuthorizer.over(link, settings, PolicyDocument.parse(System.getenv(PolicyDocument.SETTING)))
                .reportingTo(new LimitReporter(telemetry));
    }

    @Context
    AuthorizerResponseMapper responses(
            AuthorizerSettings settings, WhenUnavailable unavailable, ContextAttributes attributes) {
        return new AuthorizerResponseMapper(settings.tenant(), unavailable, attributes);
    }
}
