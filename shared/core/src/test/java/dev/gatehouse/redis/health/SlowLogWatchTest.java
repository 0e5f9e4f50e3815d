// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlowLogWatchTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final SlowLogWatch watch = new SlowLogWatch(now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void ignoresEntriesFromBeforeTheFirstCheck() {
        assertThat(watch.recentCount(70)).isZero();
        assertThat(watch.recentCount(70)).isZero();
    }

    @Test
    void countsNewEntriesForSeveralMinutes() {
        watch.recentCount(70);
        pass(Duration.ofMinutes(1));

        assertThat(watch.recentCount(72)).isEqualTo(2);
        assertThat(watch.recentCount(72)).isEqualTo(2);
    }

    @Test
    void forgetsEntriesAfterTenMinutes() {
        watch.recentCount(70);
        pass(Duration.ofMinutes(1));
        watch.recentCount(72);
        pass(Duration.ofMinutes(5));
        watch.recentCount(72);
        pass(Duration.ofMinutes(5));

        assertThat(watch.recentCount(72)).isZero();
    }

    @Test
    void countsEntriesBetweenRareChecks() {
        watch.recentCount(70);
        pass(Duration.ofHours(1));

        assertThat(watch.recentCount(73)).isEqualTo(3);

        pass(Duration.ofHours(1));
        assertThat(watch.recentCount(73)).isZero();
    }

    @Test
    void startsAgainAfterARestartOfRedis() {
        watch.recentCount(70);

        assertThat(watch.recentCount(1)).isZero();
        assertThat(watch.recentCount(2)).isEqualTo(1);
    }
}
