// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.netty;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import jakarta.inject.Singleton;

/**
 * Installs a {@link DisconnectHandler} in each connection, and for WebSockets an {@link UpgradeHandler}, a {@link CloseHandler} and a
 * {@link FragmentLimit}.
 */
@Singleton
final class ConnectionWatch implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        var registry = event.getBean();
        registry.register(new Listener());
        return registry;
    }

    private static final class Listener implements NettyServerCustomizer {

        @Override
        public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
            return new Connection(channel);
        }
    }

    /** Micronaut derives the customizer of a connection from the one of its listener. */
    private record Connection(Channel channel) implements NettyServerCustomizer {

        @Override
        public NettyServerCustomizer specializeForChannel(Channel child, ChannelRole role) {
            return new Connection(child);
        }

        @Override
        public void onStreamPipelineBuilt() {
            if (channel.pipeline().get(ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND) != null) {
                channel.pipeline()
                        .addBefore(ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND, null, new DisconnectHandler())
                        .addBefore(ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND, null, new UpgradeHandler())
                        .addBefore(ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND, null, new CloseHandler())
                        .addBefore(ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND, null, new FragmentLimit());
            }
        }
    }
}
