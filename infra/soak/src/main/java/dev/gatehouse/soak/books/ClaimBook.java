// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.Map;

/** Two callers claim the same key at once; the winner completes, and a third caller gets its result. */
final class ClaimBook extends Book {

    private static final String CLAIMS = "/v1/idempotency/claims";

    ClaimBook(Api api, Losses losses) {
        super("idempotency", api, losses);
    }

    @Override
    void episode() {
        var key = fresh("order-");
        Map<String, Object> claim = Map.of("key", key, "ttlSeconds", 60);
        var both = postBoth(CLAIMS, claim, claim);
        if (!both.stream().allMatch(Answer::isCertain)) {
            throw abandon();
        }
        var winners = both.stream().filter(answer -> answer.is(201)).toList();
        require(winners.size() == 1, "one of two claims wins", winners.size());

        var receipt = fresh("receipt-");
        var completion = post(
                CLAIMS + "/complete",
                Map.of(
                        "key",
                        key,
                        "owner",
                        winners.getFirst().text("owner"),
                        "ttlSeconds",
                        60,
                        "response",
                        Map.of("status", 201, "body", receipt)));
        require(completion.is(200), "the owner completes", completion);

        var repeated = post(CLAIMS, claim);
        require(
                repeated.is(200)
                        && repeated.body()
                                .path("response")
                                .path("body")
                                .asText()
                                .equals(receipt),
                "a repeated claim returns the result",
                repeated.status());
    }
}
