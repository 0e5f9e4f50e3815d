// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.env.Environment;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Creates the authentication from the settings; an invalid one ends the start. */
@Factory
final class AuthenticationSettings {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
    private static final Pattern FIELD = Pattern.compile("(jwt|iam|lambda)\\.\\S{1,128}");

    @Context
    Authentication authentication(
            Environment environment,
            @Nullable Gateway gateway,
            @Property(name = "gatehouse.auth", defaultValue = "api-key") String mode,
            @Nullable @Property(name = "gatehouse.api-keys") String keys,
            @Nullable @Property(name = "gatehouse.tenant-field") String field,
            @Nullable @Property(name = "micronaut.server.host") String host) {
        return switch (mode) {
            case "api-key" -> ApiKeys.parse(keys);
            case "gateway" -> gatewayIdentity(gateway, field);
            case "none" -> {
                var onLoopback = host != null && LOOPBACK.contains(host);
                if (environment.getActiveNames().contains(Environment.FUNCTION) || !onLoopback) {
                    throw new InvalidSetting(
                            "GATEHOUSE_AUTH", "may be none only on a server that is bound to loopback");
                }
                yield new Authentication.None(Caller.unrestricted(new Tenant("default")));
            }
            default -> throw new InvalidSetting("GATEHOUSE_AUTH", "must be api-key, gateway or none");
        };
    }

    private static Authentication gatewayIdentity(@Nullable Gateway gateway, @Nullable String field) {
        if (gateway == null) {
            throw new InvalidSetting("GATEHOUSE_AUTH", "may be gateway only behind API Gateway");
        }
        if (field == null || !FIELD.matcher(field).matches()) {
            throw new InvalidSetting(
                    "GATEHOUSE_TENANT_FIELD",
                    "must name a field of the authorizer: jwt.<claim>, iam.<field>, lambda.<key>");
        }
        return new Authentication.ByGateway(gateway, field);
    }
}
