package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** What stands in front of the function and knows more of a request than HTTP carries: API Gateway. */
public interface Gateway {

    /** The id that it gave the request and writes to its own log; null if it gave none. */
    @Nullable
    String requestId(HttpRequest<?> request);

    /**
     * What its authorizer says of the caller.
     *
     * @param field dotted: {@code jwt.tenant}, {@code iam.accountId}, {@code lambda.tenant}
     * @return null if the caller was not authorised or the authorizer does not say
     */
    @Nullable
    String authorized(HttpRequest<?> request, String field);
}
