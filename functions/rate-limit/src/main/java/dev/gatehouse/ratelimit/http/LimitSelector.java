// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.http.policy.Quota;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The members that select a limit and its subject.
 *
 * @param subject the subject that the limit counts: a user id, an API key, an address; only its hash is stored
 */
@JsonRecord
record LimitSelector(
        @JsonUnwrapped LimitChoice choice,

        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject) {

    @Nullable
    String policy() {
        return choice.policy();
    }

    /** Returns the named policy, if there is one. */
    List<String> policies() {
        return policy() == null ? List.of() : List.of(policy());
    }

    @Nullable
    String name() {
        return choice.name();
    }

    Quota quota() {
        return choice.quota();
    }

    /** Adds the violations of the rules across these members. */
    void validate(ViolationCollector violations) {
        choice.validate(violations);
    }

    /** Returns the selected limit; null after adding a violation. */
    @Nullable
    Limit toLimit(PolicySnapshot policies, ViolationCollector violations) {
        return choice.toLimit(policy -> policies.limitFor(policy, subject), violations);
    }
}
