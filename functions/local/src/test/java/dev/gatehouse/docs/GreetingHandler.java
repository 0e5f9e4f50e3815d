// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.RateLimits;

// example
public final class GreetingHandler implements RequestHandler<String, String> {

    private final RateLimits limits = RateLimits.fromEnvironment(); // one connection for all invocations

    public String handleRequest(String user, Context context) {
        var result = limits.check(Limit.of("greetings", 5, 60), user);
        return result.allowed() ? "Hello, " + user : "Retry in " + result.retryAfter();
    }

    public static void main(String[] users) {
        var handler = new GreetingHandler();
        for (var user : users) {
            System.out.println(handler.handleRequest(user, null));
        }
    }
}
// end
