// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.Check.Hold;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Limits to decide together, or charges to refund.
 *
 * @param limits no two with the same name and subject
 * @param mode all: either every limit has room and all are charged, or none is; each: every limit is decided and charged
 *     alone, and the status is always 200
 * @param maxWaitMillis the maximum time that the request can wait for its units, with limits of gcra only; 0 by default. If
 *     there is room by then, it is charged now, and the response has waitMillis
 * @param holdMillis holds the charged units for so long, until they are settled by holdId; more than maxWaitMillis, and no limit
 *     may have a cost of 0
 * @param unsettled with holdMillis only, and required then: what becomes of the units of a hold that ends unsettled, for
 *     example because its caller crashed. keep: they stay charged; return: those still in use of the charge are returned
 * @param holdId with holdMillis only: the id of the hold, made by the server if absent. Until ten minutes after the hold's end
 *     or settlement, a repetition with this id charges nothing and gets the first decision
 */
@JsonRecord
record CheckRequest(
        @Size(min = 1, max = Check.MAX_LIMITS) List<LimitRequest> limits,

        @Bindable(defaultValue = "all")
        @Pattern(regexp = "^(all|each)$", message = "must be one of: all, each")
        @Schema(
                type = "string",
                allowableValues = {"all", "each"},
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true)
        String mode,

        @Nullable @Min(0) @Max(CheckRequest.MAX_WAIT_MILLIS) Long maxWaitMillis,
        @Nullable @Min(1) @Max(Hold.MAX_MILLIS) Long holdMillis,

        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"keep", "return"})
        @Pattern(regexp = "^(keep|return)$", message = "must be one of: keep, return")
        String unsettled,

        @Nullable @Pattern(regexp = CheckRequest.HOLD_ID_PATTERN, message = CheckRequest.HOLD_ID_RULE)
        String holdId)
        implements Validatable {

    static final long MAX_WAIT_MILLIS = 900_000;

    /** The regular expression of a valid holdId. */
    static final String HOLD_ID_PATTERN = "^[!-~]{1,128}$";

    static final String HOLD_ID_RULE = "must be 1 to 128 visible ASCII characters";

    @Override
    public void validate(ViolationCollector violations) {
        if (violations.has("holdMillis")) {
            return;
        }
        if (holdMillis == null) {
            rejectWithoutHold(unsettled, "unsettled", violations);
            rejectWithoutHold(holdId, "holdId", violations);
            return;
        }
        if (unsettled == null) {
            violations.add("unsettled", "is missing; give keep, or return");
        }
        for (int i = 0; limits != null && i < limits.size(); i++) {
            if (limits.get(i).cost() == 0) {
                violations.add("limits[" + i + "].cost", "must be at least 1 with holdMillis");
            }
        }
    }

    private static void rejectWithoutHold(@Nullable String value, String member, ViolationCollector violations) {
        if (value != null) {
            violations.add(member, "requires holdMillis");
        }
    }

    /** Returns the named policies. */
    List<String> policies() {
        return limits.stream()
                .flatMap(limit -> Stream.ofNullable(limit.selector().policy()))
                .toList();
    }

    /** Returns whether the limit of this index is a stored policy. */
    boolean isPolicy(int index) {
        return limits.get(index).selector().policy() != null;
    }

    /**
     * Returns the charges to refund.
     *
     * @throws InvalidRequest as {@link #toCheck}, or if they are held
     */
    Check toRefund(PolicySnapshot policies) {
        if (holdMillis != null) {
            throw new InvalidRequest("holdMillis", "must be left out of a refund; settle the hold");
        }
        return toCheck(policies);
    }

    /**
     * Returns the check.
     *
     * @throws InvalidRequest if a policy is unknown, two limits have the same name and subject, or a limit admits no wait
     */
    Check toCheck(PolicySnapshot policies) {
        var selected = new ArrayList<LimitedSubject>(limits.size());
        var violations = new ViolationCollector();
        for (int i = 0; i < limits.size(); i++) {
            var request = limits.get(i);
            var limit = request.selector().toLimit(policies, violations.inside("limits[" + i + "]"));
            if (limit != null) {
                selected.add(new LimitedSubject(limit, request.selector().subject(), request.cost()));
            }
        }
        violations.throwIfAny();
        try {
            var maxWait = Duration.ofMillis(maxWaitMillis == null ? 0 : maxWaitMillis);
            return new Check(selected, Mode.valueOf(mode.toUpperCase(Locale.ROOT)), maxWait, hold());
        } catch (InvalidLimit invalid) {
            throw new InvalidRequest(invalid.field(), String.valueOf(invalid.getMessage()));
        }
    }

    private @Nullable Hold hold() {
        return holdMillis == null
                ? null
                : new Hold(holdId == null ? RandomToken.next() : holdId, holdMillis, "return".equals(unsettled));
    }
}
