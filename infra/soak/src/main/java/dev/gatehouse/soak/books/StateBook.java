// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.Map;

/** Two writers at once increment one counter, each by the version that it has read: no increment is lost. */
final class StateBook extends Book {

    private static final String STATES = "/v1/states";
    private static final int ROUNDS = 5;

    StateBook(Api api, Losses losses) {
        super("workflow state", api, losses);
    }

    @Override
    void episode() {
        var id = fresh("order-");
        var created = post(
                STATES + "/save", Map.of("id", id, "expect", "absent", "ttlSeconds", 60, "value", Map.of("count", 0)));
        require(created.is(201), "an absent state is created", created);
        var version = created.number("version");
        for (var count = 1; count <= ROUNDS; count++) {
            Map<String, Object> save =
                    Map.of("id", id, "expect", version, "ttlSeconds", 60, "value", Map.of("count", count));
            var both = postBoth(STATES + "/save", save, save);
            if (!both.stream().allMatch(Answer::isCertain)) {
                throw abandon();
            }
            var saved = both.stream().filter(answer -> answer.is(200)).toList();
            require(saved.size() == 1, "one of two saves of a version wins", saved.size());
            version = saved.getFirst().number("version");
        }
        var read = post(STATES + "/read", Map.of("id", id));
        require(
                read.is(200) && read.body().path("value").path("count").asInt() == ROUNDS,
                "a read finds every increment",
                read.status());
    }
}
