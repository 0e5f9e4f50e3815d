package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.telemetry.JsonLine;
import java.util.Map;

/** The result of an invocation, in each of the forms that API Gateway accepts. */
sealed interface Outcome {

    /** A result with a response. */
    sealed interface Told extends Outcome {

        /** Returns the response. */
        String json();
    }

    /**
     * The simple response of HTTP APIs.
     *
     * @param context strings, booleans and numbers for access logs and, if authorized, for the integration
     */
    record Simple(boolean isAuthorized, Map<String, Object> context) implements Told {

        @Override
        public String json() {
            var told = new JsonLine();
            context.forEach((name, value) -> {
                switch (value) {
                    case Boolean truth -> told.flag(name, truth);
                    case Long number -> told.number(name, number);
                    case Object text -> told.text(name, (String) text);
                }
            });
            return new JsonLine()
                    .flag("isAuthorized", isAuthorized)
                    .json("context", told)
                    .toString();
        }
    }

    /**
     * An IAM policy.
     *
     * @param principalId the session's id for logs, which grants no access
     * @param context strings only
     */
    record Policy(String principalId, Effect effect, String resource, Map<String, String> context) implements Told {

        enum Effect {
            ALLOW("Allow"),
            DENY("Deny");

            private final String word;

            Effect(String word) {
                this.word = word;
            }
        }

        @Override
        public String json() {
            var statement = new JsonLine()
                    .text("Action", "execute-api:Invoke")
                    .text("Effect", effect.word)
                    .text("Resource", resource);
            var document = new JsonLine().text("Version", "2012-10-17").json("Statement", "[" + statement + "]");
            var told = new JsonLine();
            context.forEach(told::text);
            return new JsonLine()
                    .text("principalId", principalId)
                    .json("policyDocument", document)
                    .json("context", told)
                    .toString();
        }
    }

    /** Fails the function. API Gateway responds with 401 to {@code Unauthorized}, and with 500 to any other message. */
    record Failed(String message) implements Outcome {

        static final Failed UNAUTHORIZED = new Failed("Unauthorized");
        static final Failed UNAVAILABLE = new Failed("Unavailable");
    }
}
