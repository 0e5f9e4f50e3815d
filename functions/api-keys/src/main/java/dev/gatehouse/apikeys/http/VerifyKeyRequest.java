// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import dev.gatehouse.apikeys.KeyDetails;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The key to verify.
 *
 * @param key the text of the key
 * @param scopes the scopes that it must have
 * @param limits limits of its owner, of which a valid key is charged all or none; no two with the same name
 */
@JsonRecord
record VerifyKeyRequest(
        @Schema(example = KeyIdText.TEXT) String key,

        @Nullable @Size(max = KeyDetails.MAX_SCOPES) List<String> scopes,

        @Nullable @Size(max = Check.MAX_LIMITS) List<OwnerLimitRequest> limits) {

    /** @throws dev.gatehouse.validation.InvalidArgument if a scope is malformed */
    SortedSet<String> requiredScopes() {
        return new KeyDetails(null, new TreeSet<>(scopes == null ? List.of() : scopes), "{}").scopes();
    }

    /** Returns the named policies. */
    List<String> policies() {
        return limits == null
                ? List.of()
                : limits.stream()
                        .flatMap(limit -> Stream.ofNullable(limit.choice().policy()))
                        .toList();
    }

    /** Returns whether the limit of this index is a stored policy. */
    boolean isPolicy(int index) {
        return limits != null && limits.get(index).choice().policy() != null;
    }

    /**
     * Returns the check of the owner with {@code tag}, with the tag in place of its subjects; null if there are no limits.
     *
     * @throws InvalidRequest if a policy is unknown, or two limits have the same name
     */
    @Nullable
    Check toCheck(PolicySnapshot policies, String tag) {
        if (limits == null || limits.isEmpty()) {
            return null;
        }
        var selected = new ArrayList<LimitedSubject>(limits.size());
        var violations = new ViolationCollector();
        for (int i = 0; i < limits.size(); i++) {
            var limit = limits.get(i)
                    .choice()
                    .toLimit(policy -> policies.limitForTag(policy, tag), violations.inside("limits[" + i + "]"));
            if (limit != null) {
                selected.add(new LimitedSubject(limit, tag, limits.get(i).cost()));
            }
        }
        violations.throwIfAny();
        try {
            return new Check(selected, Mode.ALL);
        } catch (InvalidLimit invalid) {
            throw new InvalidRequest(invalid.field(), String.valueOf(invalid.getMessage()));
        }
    }

    /** Leaves out the key. */
    @Override
    public String toString() {
        return "VerifyKeyRequest[…]";
    }
}
