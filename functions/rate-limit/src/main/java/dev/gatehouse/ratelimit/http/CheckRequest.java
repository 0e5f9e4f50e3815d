package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
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
 */
@JsonRecord
record CheckRequest(
        @Size(min = 1, max = Check.MAX_LIMITS) List<LimitRequest> limits,

        @Bindable(defaultValue = "all")
        @Pattern(regexp = "^(all|each)$", message = "must be one of: all, each")
        @Schema(requiredMode = Schema.RequiredMode.NOT_REQUIRED, nullable = true)
        String mode,

        @Nullable @Min(0) @Max(CheckRequest.MAX_WAIT_MILLIS) Long maxWaitMillis) {

    static final long MAX_WAIT_MILLIS = 900_000;

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
            return new Check(selected, Mode.valueOf(mode.toUpperCase(Locale.ROOT)), maxWait);
        } catch (InvalidLimit invalid) {
            throw new InvalidRequest(invalid.field(), String.valueOf(invalid.getMessage()));
        }
    }
}
