package dev.gatehouse.authorizer.lambda;

/** Ends an invocation with a message that API Gateway understands. It has no cause and no stack, for it is no fault. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;

    Failure(String message) {
        super(message, null, false, false);
    }
}
