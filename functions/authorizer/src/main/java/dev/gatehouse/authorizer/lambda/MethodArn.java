package dev.gatehouse.authorizer.lambda;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ARN of the called method.
 *
 * @param stage {@code arn:<partition>:execute-api:<region>:<account>:<api>/<stage>}
 */
record MethodArn(String stage) {

    private static final Pattern SHAPE =
            // A path may contain any character, including line ends.
            Pattern.compile("(arn:[^:/*?]+:execute-api:[^:/*?]*:[^:/*?]*:[^:/*?]+/[^:/*?]+)/.*", Pattern.DOTALL);

    /** Parses {@code text}; null if it is not a method's ARN. */
    static @Nullable MethodArn parse(@Nullable String text) {
        var arn = text == null ? null : SHAPE.matcher(text);
        return arn != null && arn.matches() ? new MethodArn(arn.group(1)) : null;
    }

    /**
     * Returns the resource of every method of the stage. API Gateway caches a policy for all requests of a caller, so a
     * policy for one method would deny the others.
     */
    String everything() {
        return stage + "/*";
    }
}
