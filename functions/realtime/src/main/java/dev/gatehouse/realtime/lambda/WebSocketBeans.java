// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.RateLimits;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.realtime.channel.RedisChannelRecipients;
import dev.gatehouse.realtime.presence.GuardedPresence;
import dev.gatehouse.realtime.presence.LocalPresence;
import dev.gatehouse.realtime.socket.ChannelRights;
import dev.gatehouse.realtime.socket.LocalConnectionChannels;
import dev.gatehouse.realtime.socket.RedisConnectionChannels;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.aws.AwsIdentity;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Creates what the WebSockets need. What reads settings is eager, so that an invalid one fails the start. */
@Factory
final class WebSocketBeans {

    @Context
    ChannelRights rights(@Nullable @Property(name = "gatehouse.channels") String channels) {
        return ChannelRights.of(channels);
    }

    @Context
    WebSocketStores stores(
            RedisLink link, Outage outage, @Nullable @Property(name = "gatehouse.presence-when-down") String whenDown) {
        var policy = FallbackPolicy.of(
                "GATEHOUSE_PRESENCE_WHEN_DOWN", whenDown, FallbackPolicy.LOCAL, FallbackPolicy.CLOSED);
        var presence = GuardedPresence.over(link, outage, policy == FallbackPolicy.CLOSED);
        var limiter = RateLimits.over(link, outage);
        return presence instanceof LocalPresence local
                ? new WebSocketStores(
                        local,
                        new LocalChannelLog(local::connections),
                        (tenant, channel, exclude, _) -> Decision.local(local.connections(tenant, channel).stream()
                                .filter(member -> !member.connectionId().equals(exclude))
                                .toList()),
                        new LocalConnectionChannels(),
                        limiter)
                : new WebSocketStores(
                        presence,
                        new RedisChannelLog(link),
                        new RedisChannelRecipients(link),
                        new RedisConnectionChannels(link),
                        limiter);
    }

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(missingBeans = ManagementApi.class)
    ManagementClient managementApi() {
        var environment = System.getenv();
        return new ManagementClient(AwsIdentity.of(environment), environment.getOrDefault("AWS_REGION", "us-east-1"));
    }
}
