package dev.gatehouse.functions.authorizer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the function tells API Gateway, in each of the forms that it takes. */
sealed interface Outcome {

    /**
     * The simple response of HTTP APIs.
     *
     * @param context for the integration, where it is authorized, and for access logs
     */
    record Simple(boolean isAuthorized, Map<String, Object> context) implements Outcome {

        Map<String, Object> json() {
            return members("isAuthorized", isAuthorized, "context", context);
        }
    }

    /**
     * An IAM policy.
     *
     * @param principalId for logs: a session's id, which opens nothing
     * @param context texts only
     */
    record Policy(String principalId, Effect effect, String resource, Map<String, String> context) implements Outcome {

        enum Effect {
            ALLOW("Allow"),
            DENY("Deny");

            private final String word;

            Effect(String word) {
                this.word = word;
            }
        }

        Map<String, Object> json() {
            var statement = members("Action", "execute-api:Invoke", "Effect", effect.word, "Resource", resource);
            var document = members("Version", "2012-10-17", "Statement", List.of(statement));
            return members("principalId", principalId, "policyDocument", document, "context", context);
        }
    }

    /** The function fails: with {@code Unauthorized} that is a 401, with anything else a 500. */
    record Failed(String message) implements Outcome {

        static final Failed UNAUTHORIZED = new Failed("Unauthorized");
        static final Failed UNAVAILABLE = new Failed("Unavailable");
    }

    private static Map<String, Object> members(Object... namesAndValues) {
        var members = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return members;
    }
}
