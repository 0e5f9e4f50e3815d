// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.List;
import java.util.Map;

/** Issues a key, verifies it, and revokes it: it never opens again. */
final class ApiKeyBook extends Book {

    private static final String KEYS = "/v1/api-keys";

    ApiKeyBook(Api api, Losses losses) {
        super("API keys", api, losses);
    }

    @Override
    void episode() {
        var issued = post(KEYS, Map.of("ownerId", fresh("owner-"), "scopes", List.of("read"), "expiresInSeconds", 60));
        require(issued.is(201), "a key is issued", issued);
        require(verify(issued, "read").is(200), "a key opens", "closed");
        require(verify(issued, "write").is(403), "a key opens nothing outside its scopes", "open");
        var id = issued.body().path("apiKey").path("id").asText();
        var revoked = delete(KEYS + "/" + id);
        require(revoked.is(204), "a key is revoked", revoked);
        require(verify(issued, "read").is(401), "a revoked key does not open", "open");
    }

    private Answer verify(Answer issued, String scope) {
        return post(KEYS + "/verify", Map.of("key", issued.text("key"), "scopes", List.of(scope)));
    }
}
