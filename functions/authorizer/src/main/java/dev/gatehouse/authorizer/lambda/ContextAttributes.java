// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The session attributes that an allowed request's context holds for the backend, as texts. */
record ContextAttributes(List<String> names) {

    static final String SETTING = "GATEHOUSE_AUTHORIZER_CONTEXT";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** The members of {@link AuthorizerContext}, present and perhaps future, and those that API Gateway adds. */
    private static final Set<String> RESERVED = Set.of(
            "tenant",
            "userId",
            "sessionId",
            "actor",
            "level",
            "ownerId",
            "keyId",
            "scopes",
            "limited",
            "rateLimitPolicy",
            "rateLimitLimit",
            "rateLimitRemaining",
            "rateLimitReset",
            "retryAfter",
            "degraded",
            "error",
            "principalId",
            "integrationLatency");

    /** @throws InvalidSetting if it is malformed, or names a member that the context holds anyway */
    static ContextAttributes from(Map<String, String> environment) {
        var text = environment.getOrDefault(SETTING, "").strip();
        var names = new ArrayList<String>();
        for (var word : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            var name = word.strip();
            if (!NAME.matcher(name).matches()) {
                throw new InvalidSetting(
                        SETTING, "must be names of session attributes, of A-Z a-z 0-9 _ -, not \"" + name + "\"");
            }
            if (RESERVED.contains(name) || names.contains(name)) {
                throw new InvalidSetting(SETTING, "must not name " + name + ", which the context holds already");
            }
            names.add(name);
        }
        return new ContextAttributes(List.copyOf(names));
    }
}
