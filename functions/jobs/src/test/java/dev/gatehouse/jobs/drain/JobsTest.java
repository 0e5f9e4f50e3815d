// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.RedisJobStore;
import dev.gatehouse.jobs.drain.DrainReport.End;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobsTest extends JobsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(MicroClock::now);

    @Override
    RedisLink link() {
        return REDIS.link();
    }

    @Test
    void anIdleQueueCostsNoCommandAfterTheDrainerHasLeft() throws InterruptedException {
        enqueue(1);
        drain(BRIEF, _ -> JobResult.DONE);
        long before = REDIS.calls("evalsha");

        Thread.sleep(300); // There is nothing to await: this is the time in which no command may come.

        assertThat(REDIS.calls("evalsha")).isEqualTo(before);
    }

    @Test
    void withoutAReplyOfRedisItStopsAndReportsIt() {
        try (var gone = RedisProcess.start();
                var itsLink = RedisLink.to(LinkProbe.patientSettings(gone.url()))) {
            var store = new RedisJobStore(itsLink);
            decided(store.enqueue(tenant, Q, NewJob.of("a", PAYLOAD), patience()));
            var report = new Jobs(store, Duration.ofSeconds(1))
                    .drain(tenant, Q, BRIEF, Deadline.in(Duration.ofSeconds(30)), _ -> {
                        gone.close();
                        return JobResult.DONE;
                    });
            assertThat(report).isEqualTo(new DrainReport(0, 0, 1, 0, End.UNAVAILABLE, false, Optional.empty()));
        }
    }

    @Test
    void jobsNeedRedis() {
        assertThatThrownBy(() -> Jobs.from(Map.of("ENABLE_REDIS", "false")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("ENABLE_REDIS");
    }
}
