package dev.gatehouse.authorizer.lambda;

/**
 * Ends an invocation with a message that API Gateway interprets. It has no cause and no stack trace, since it is not an
 * error.
 */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;

    Failure(String message) {
        super(message, null, false, false);
    }
}
