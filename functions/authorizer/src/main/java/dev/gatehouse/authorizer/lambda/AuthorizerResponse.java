// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.telemetry.JsonLine;
import org.jspecify.annotations.Nullable;

/** The result of an invocation. */
sealed interface AuthorizerResponse {

    /** A response in JSON. */
    record Body(JsonLine json) implements AuthorizerResponse {}

    /** A failure of the invocation, which {@link AuthorizerFailure} reports. */
    record Failed(String message) implements AuthorizerResponse {}

    Failed UNAUTHORIZED = new Failed("Unauthorized");
    Failed UNAVAILABLE = new Failed("Unavailable");

    /**
     * Returns the response that allows or denies a request.
     *
     * @param resource the ARN that a policy is for
     * @param principal the id of the session or the key, which grants no access; null if there is none
     */
    static AuthorizerResponse of(
            ResponseFormat format,
            boolean isAuthorized,
            String resource,
            @Nullable String principal,
            AuthorizerContext context) {
        return new Body(
                format == ResponseFormat.SIMPLE
                        ? new JsonLine().flag("isAuthorized", isAuthorized).json("context", context.json())
                        : new JsonLine()
                                .text("principalId", principal == null ? "nobody" : principal)
                                .json("policyDocument", policy(isAuthorized ? "Allow" : "Deny", resource))
                                .json("context", context.json()));
    }

    private static JsonLine policy(String effect, String resource) {
        var statement = new JsonLine()
                .text("Action", "execute-api:Invoke")
                .text("Effect", effect)
                .text("Resource", resource);
        return new JsonLine().text("Version", "2012-10-17").json("Statement", "[" + statement + "]");
    }
}
