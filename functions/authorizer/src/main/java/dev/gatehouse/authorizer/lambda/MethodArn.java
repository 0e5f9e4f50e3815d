package dev.gatehouse.authorizer.lambda;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which method of which API is called.
 *
 * @param stage {@code arn:<partition>:execute-api:<region>:<account>:<api>/<stage>}
 */
record MethodArn(String stage) {

    private static final Pattern SHAPE =
            Pattern.compile("(arn:[^:/*?]+:execute-api:[^:/*?]*:[^:/*?]*:[^:/*?]+/[^:/*?]+)/.*");

    /** Null for what is none. */
    static @Nullable MethodArn parse(@Nullable String text) {
        var arn = text == null ? null : SHAPE.matcher(text);
        return arn != null && arn.matches() ? new MethodArn(arn.group(1)) : null;
    }

    /**
     * All that this stage of the API offers. Where API Gateway keeps a policy for a while, it applies it to whatever the same
     * caller asks for next: one that named the first method alone would deny every other.
     */
    String everything() {
        return stage + "/*";
    }
}
