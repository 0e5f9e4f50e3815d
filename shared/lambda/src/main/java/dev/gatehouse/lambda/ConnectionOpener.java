// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.redis.RedisLink;
import io.micronaut.context.annotation.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Opens the connection to Redis on a thread of its own: during the start or, where a snapshot is planned, after the restore,
 * since a snapshot holds no connection. The start does not wait for it and succeeds without Redis.
 */
@Context
final class ConnectionOpener implements Resource {

    private final RedisLink link;

    ConnectionOpener(RedisLink link) {
        this.link = link;
        if (!link.settings().enabled()) {
            return;
        }
        if (Snapshot.isPlanned(System.getenv())) {
            Core.getGlobalContext().register(this);
        } else {
            link.openInBackground();
        }
    }

    @Override
    public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
        // Nothing uses the link before the first request.
    }

    @Override
    public void afterRestore(org.crac.Context<? extends Resource> context) {
        link.openInBackground();
    }
}
