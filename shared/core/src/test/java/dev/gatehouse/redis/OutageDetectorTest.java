// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class OutageDetectorTest {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final OutageDetector detector = new OutageDetector(Duration.ZERO);

    @Test
    void reportsConcurrentStartAndEndInOrder() throws Exception {
        var success = Thread.ofPlatform().unstarted(detector::recordSuccess);
        detector.add(new OutageListener() {
            @Override
            public void lost(String reason) {
                success.start();
                await().until(() -> switch (success.getState()) {
                    case BLOCKED, WAITING, TERMINATED -> true;
                    default -> false;
                });
                events.add("lost");
            }

            @Override
            public void regained(Duration outage) {
                events.add("regained");
            }
        });

        detector.recordFailure(LinkFailure.noReply("it is gone"));
        success.join();

        assertThat(events).containsExactly("lost", "regained");
    }

    @Test
    void aFailingListenerDoesNotAffectTheOthers() {
        detector.add(new OutageListener() {
            @Override
            public void lost(String reason) {
                throw new IllegalStateException("no interest");
            }

            @Override
            public void regained(Duration outage) {
                throw new IllegalStateException("no interest");
            }
        });
        detector.add(new OutageListener() {
            @Override
            public void lost(String reason) {
                events.add("lost");
            }

            @Override
            public void regained(Duration outage) {
                events.add("regained");
            }
        });

        detector.recordFailure(LinkFailure.noReply("it is gone"));
        detector.recordSuccess();

        assertThat(events).containsExactly("lost", "regained");
    }
}
