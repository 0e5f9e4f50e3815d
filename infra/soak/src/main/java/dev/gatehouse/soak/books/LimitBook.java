// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.List;
import java.util.Map;

/** Pairs of checks at once, more than a limit admits: as many as it has pass, and no more. */
final class LimitBook extends Book {

    private static final int LIMIT = 20;
    private static final int WINDOW_SECONDS = 60;

    LimitBook(Api api, Losses losses) {
        super("rate limits", api, losses);
    }

    @Override
    void episode() {
        Map<String, Object> check = Map.of(
                "limits",
                List.of(Map.of(
                        "name", "soak", "subject", fresh("user-"), "limit", LIMIT, "windowSeconds", WINDOW_SECONDS)));
        var start = System.nanoTime();
        var admitted = 0;
        var uncertain = 0;
        for (var pair = 0; pair < LIMIT * 3 / 4; pair++) {
            for (var answer : postBoth("/v1/rate-limits/check", check, check)) {
                if (!answer.isCertain()) {
                    uncertain++;
                } else if (answer.is(200)) {
                    admitted++;
                } else {
                    require(answer.is(429), "a check is admitted or denied", answer);
                    require(admitted + uncertain >= LIMIT - 1, "nothing is denied below the limit", admitted);
                }
            }
        }
        var refilled = 1 + (System.nanoTime() - start) * LIMIT / (WINDOW_SECONDS * 1_000_000_000L);
        require(admitted <= LIMIT + refilled, "no more than the limit pass", admitted);
        if (uncertain > 0) {
            throw abandon();
        }
    }
}
