package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.telemetry.JsonLine;
import java.util.Map;

/** What the function tells API Gateway, in each of the forms that it takes. */
sealed interface Outcome {

    /** It answers. */
    sealed interface Told extends Outcome {

        /** The answer. */
        String json();
    }

    /**
     * The simple response of HTTP APIs.
     *
     * @param context for the integration, where it is authorized, and for access logs: texts, truth values and numbers
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
     * @param principalId for logs: a session's id, which opens nothing
     * @param context texts only
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

    /** The function fails: with {@code Unauthorized} that is a 401, with anything else a 500. */
    record Failed(String message) implements Outcome {

        static final Failed UNAUTHORIZED = new Failed("Unauthorized");
        static final Failed UNAVAILABLE = new Failed("Unavailable");
    }
}
