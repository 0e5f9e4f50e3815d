// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.PolicyOverride.Replacement;
import dev.gatehouse.ratelimit.policy.PolicyOverride.Replacement.OtherPolicy;
import dev.gatehouse.ratelimit.policy.PolicyOverride.Replacement.OwnLimit;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An override in the human-readable format stored in Redis: the words of a {@link LimitText} or {@code policy=<name>}, and
 * {@code expiresAt} in milliseconds since 1970 and {@code label}, URL-encoded, if it has them.
 *
 * @param policy the name of the overridden policy, which the text does not contain
 */
record OverrideText(String policy, String text) {

    private static final String POLICY = "policy=";
    private static final String EXPIRES_AT = "expiresAt=";
    private static final String LABEL = "label=";

    static OverrideText of(PolicyOverride override) {
        var words = new StringJoiner(" ")
                .add(
                        switch (override.replacement()) {
                            case OwnLimit(var limit) -> LimitText.of(limit).text();
                            case OtherPolicy(var name) -> POLICY + name;
                        });
        if (override.expiresAt() != null) {
            words.add(EXPIRES_AT + override.expiresAt().toEpochMilli());
        }
        if (override.label() != null) {
            words.add(LABEL + URLEncoder.encode(override.label(), StandardCharsets.UTF_8));
        }
        return new OverrideText(override.policy(), words.toString());
    }

    /**
     * Returns the parsed override; null if the text is invalid or from a later version of Gatehouse.
     *
     * @param limits parses the limit of an override
     */
    @Nullable
    PolicyOverride override(Function<LimitText, Optional<Limit>> limits) {
        Replacement replacement = null;
        Instant expiresAt = null;
        String label = null;
        var limit = new StringJoiner(" ");
        try {
            for (var word : text.split(" ", -1)) {
                if (word.startsWith(POLICY)) {
                    replacement = new OtherPolicy(word.substring(POLICY.length()));
                } else if (word.startsWith(EXPIRES_AT)) {
                    expiresAt = Instant.ofEpochMilli(Long.parseLong(word.substring(EXPIRES_AT.length())));
                } else if (word.startsWith(LABEL)) {
                    label = URLDecoder.decode(word.substring(LABEL.length()), StandardCharsets.UTF_8);
                } else {
                    limit.add(word);
                }
            }
            if (limit.length() > 0 || replacement == null) {
                var parsed = limits.apply(new LimitText(policy, limit.toString()));
                if (replacement != null || parsed.isEmpty()) {
                    return null;
                }
                replacement = new OwnLimit(parsed.get());
            }
            return new PolicyOverride(policy, replacement, expiresAt, label);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
