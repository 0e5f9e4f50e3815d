// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Enqueues jobs, some twice, some in one group, some later, and works on them: each is completed once. */
final class JobBook extends Book {

    private static final String JOBS = "/v1/jobs";
    private static final int COUNT = 20;
    private static final int TAKES = 200;

    JobBook(Api api, Losses losses) {
        super("jobs", api, losses);
    }

    @Override
    void episode() {
        var queue = fresh("queue-");
        Set<String> enqueued = new HashSet<>();
        for (var number = 0; number < COUNT; number++) {
            var id = "job-" + number;
            Map<String, Object> job = Map.of(
                    "queue", queue, "id", id, "payload", number, "ttlSeconds", 120, "delayMillis", number % 3 * 10);
            var answer = number % 5 == 0 ? post(JOBS + "/enqueue", grouped(job)) : post(JOBS + "/enqueue", job);
            require(answer.is(201), "a job is enqueued", answer);
            if (number % 4 == 0) {
                var again = post(JOBS + "/enqueue", job);
                require(again.text("outcome").equals("kept"), "a waiting job is kept", again.text("outcome"));
            }
            enqueued.add(id);
        }
        Set<String> completed = new HashSet<>();
        for (var take = 0; take < TAKES && completed.size() < COUNT; take++) {
            var taken = post(JOBS + "/take", Map.of("queue", queue, "max", 5, "leaseMillis", 30_000, "waitMillis", 20));
            for (var job : taken.body().path("jobs")) {
                var id = job.path("id").asText();
                require(job.path("attempt").asInt() == 1, "no job is taken twice", id);
                var end = post(
                        JOBS + "/complete",
                        Map.of(
                                "queue",
                                queue,
                                "id",
                                id,
                                "lease",
                                job.path("lease").asText()));
                require(end.is(200), "a taken job is completed", end);
                require(completed.add(id), "a job is completed once", id);
            }
        }
        require(completed.equals(enqueued), "every job is completed", completed.size() + " of " + COUNT);
    }

    private static Map<String, Object> grouped(Map<String, Object> job) {
        var grouped = new HashMap<>(job);
        grouped.put("group", "serial");
        return grouped;
    }
}
