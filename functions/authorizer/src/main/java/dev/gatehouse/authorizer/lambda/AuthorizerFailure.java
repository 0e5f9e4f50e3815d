// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

/**
 * Fails the invocation with a message that API Gateway interprets: a 401 for {@code Unauthorized}, and a 500 for any other.
 * It has no cause and no stack trace, since it is not an error.
 */
final class AuthorizerFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    AuthorizerFailure(String message) {
        super(message, null, false, false);
    }
}
