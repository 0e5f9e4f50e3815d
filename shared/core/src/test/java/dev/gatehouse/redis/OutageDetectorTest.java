package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class OutageDetectorTest {

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final OutageDetector watch = new OutageDetector(Duration.ZERO);

    @Test
    void reportsConcurrentStartAndEndInOrder() throws Exception {
        var answers = Thread.ofPlatform().unstarted(watch::answered);
        watch.add(new OutageListener() {
            @Override
            public void lost(String why) {
                answers.start();
                await().until(() -> switch (answers.getState()) {
                    case BLOCKED, WAITING, TERMINATED -> true;
                    default -> false;
                });
                heard.add("lost");
            }

            @Override
            public void regained(Duration outage) {
                heard.add("regained");
            }
        });

        watch.failed(LinkFailure.noReply("it is gone"));
        answers.join();

        assertThat(heard).containsExactly("lost", "regained");
    }

    @Test
    void aFailingListenerDoesNotAffectTheOthers() {
        watch.add(new OutageListener() {
            @Override
            public void lost(String why) {
                throw new IllegalStateException("no interest");
            }

            @Override
            public void regained(Duration outage) {
                throw new IllegalStateException("no interest");
            }
        });
        watch.add(new OutageListener() {
            @Override
            public void lost(String why) {
                heard.add("lost");
            }

            @Override
            public void regained(Duration outage) {
                heard.add("regained");
            }
        });

        watch.failed(LinkFailure.noReply("it is gone"));
        watch.answered();

        assertThat(heard).containsExactly("lost", "regained");
    }
}
