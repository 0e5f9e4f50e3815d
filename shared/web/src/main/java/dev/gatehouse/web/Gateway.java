// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** API Gateway in front of the function, which adds facts to a request that HTTP does not carry. */
public interface Gateway {

    /** Returns the id of the request in the gateway's own log; null if it has none. */
    @Nullable
    String requestId(HttpRequest<?> request);

    /**
     * Returns a field that the gateway's authorizer set for the caller.
     *
     * @param field dotted: {@code jwt.tenant}, {@code iam.accountId}, {@code lambda.tenant}
     * @return null if the caller was not authorized or the field is not set
     */
    @Nullable
    String authorized(HttpRequest<?> request, String field);
}
