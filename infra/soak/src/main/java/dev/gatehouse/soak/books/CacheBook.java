// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** Stores a value and a newer one, and invalidates it by its tag: no older value is found, and none after the invalidation. */
final class CacheBook extends Book {

    private static final String CACHE = "/v1/cache";
    private static final String SCOPE = "soak";

    CacheBook(Api api, Losses losses) {
        super("cache", api, losses);
    }

    @Override
    void episode() {
        Map<String, Object> key = Map.of("product", fresh(""));
        var tag = fresh("shop-");
        for (var version = 1; version <= 3; version++) {
            var put = post(
                    CACHE + "/put",
                    Map.of("scope", SCOPE, "key", key, "value", version, "freshSeconds", 60, "tags", List.of(tag)));
            require(put.is(200), "a value is stored", put);
            var found = find(key);
            require(
                    found.path("outcome").asText().equals("fresh")
                            && found.path("value").asInt() == version,
                    "the value that was stored last is found",
                    found.path("outcome").asText());
        }
        var invalidated = post(CACHE + "/invalidate", Map.of("scope", SCOPE, "tags", List.of(tag)));
        require(invalidated.is(204), "a tag is invalidated", invalidated);
        var found = find(key);
        require(
                !found.has("value"),
                "an invalidated value is not found",
                found.path("value").asText());
    }

    private JsonNode find(Map<String, Object> key) {
        return post(CACHE + "/lookup", Map.of("entries", List.of(Map.of("scope", SCOPE, "key", key))))
                .body()
                .path("entries")
                .path(0);
    }
}
