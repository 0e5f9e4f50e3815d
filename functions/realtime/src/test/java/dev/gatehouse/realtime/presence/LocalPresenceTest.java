// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import org.junit.jupiter.api.Test;

class LocalPresenceTest extends PresenceContract {

    private final LocalPresence presence = new LocalPresence(1000, NOW::get);

    @Override
    PresenceStore presence() {
        return presence;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.LOCAL;
    }

    @Test
    void fullMemoryRefusesNewConnectionsUntilAnHourAfterTheEndOfOthers() {
        for (int user = 0; user < 10; user++) {
            for (int connection = 0; connection < 100; connection++) {
                enter("user-" + user, "c" + connection, 60);
            }
        }
        assertThat(presence.enter(tenant + "-2", ROOM, request("ada", "1", 60), budget())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(enter("user-0", "c0", 60).joined()).as("a heartbeat").isFalse();
        pass(3659);
        assertThat(presence.enter(tenant + "-2", ROOM, request("ada", "1", 60), budget())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        pass(1);
        assertThat(now(presence.enter(tenant + "-2", ROOM, request("ada", "1", 60), budget()))
                        .joined())
                .isTrue();
    }
}
