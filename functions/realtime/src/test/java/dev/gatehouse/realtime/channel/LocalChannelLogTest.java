// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.presence.LocalPresence;
import dev.gatehouse.realtime.presence.PresenceStore;
import org.junit.jupiter.api.Test;

class LocalChannelLogTest extends ChannelLogContract {

    private final LocalPresence presence = new LocalPresence(10_000, NOW::get);
    private final LocalChannelLog log = new LocalChannelLog(presence::connections, 4L << 20, NOW::get);

    @Override
    ChannelLog log() {
        return log;
    }

    @Override
    PresenceStore presence() {
        return presence;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.LOCAL;
    }

    @Test
    void theLogEndsAfterItsTimeUnlessAReaderKeepsIt() {
        var start = end();
        published(Publication.of("e", "1").keeping(new Keep(10, 10)));
        NOW.addAndGet(10 * SECOND - 1);
        assertThat(catchUp(start, 10).recovered()).isTrue();
        NOW.addAndGet(299 * SECOND);
        assertThat(catchUp(start, 10).recovered()).isTrue();
        NOW.addAndGet(301 * SECOND);
        assertThat(catchUp(start, 10).recovered()).isFalse();
    }

    @Test
    void fullMemoryRefusesEventsAndLosesNone() {
        var start = end();
        var large = Publication.of("e", "\"" + "x".repeat(30_000) + "\"").keeping(new Keep(1000, 60));
        int events = 0;
        while (!(log.publish(tenant, ROOM, large.withId("e" + events), budget())
                        .toCompletableFuture()
                        .join()
                instanceof Unavailable)) {
            events++;
        }
        assertThat(events).isBetween(60, 70);
        assertThat(catchUp(start, 100).events()).hasSize(events);
    }
}
