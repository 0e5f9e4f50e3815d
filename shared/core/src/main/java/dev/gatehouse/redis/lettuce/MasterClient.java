// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * A client whose connections look up the address of the master each time they connect, also after a loss. The host and port
 * of a {@link RedisURI} are ignored.
 */
final class MasterClient extends RedisClient {

    private final Supplier<CompletionStage<RedisURI>> lookup;

    MasterClient(ClientResources resources, Supplier<CompletionStage<RedisURI>> lookup) {
        super(resources, new RedisURI());
        this.lookup = lookup;
    }

    @Override
    protected Mono<SocketAddress> getSocketAddress(RedisURI uri) {
        return Mono.fromCompletionStage(lookup)
                .map(master -> getResources().socketAddressResolver().resolve(master));
    }
}
