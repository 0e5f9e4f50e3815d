package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.web.openapi.ProblemSchema;
import io.micronaut.http.MediaType;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;

/** The problems of these routes, for OpenAPI only. */
interface LimitProblems {

    /**
     * Problem quota-exceeded, with the decision.
     *
     * @param violatedPolicies the names of the limits that denied
     * @param allowed always false
     * @param degraded whether the decision was made without Redis
     * @param limits one for each limit of the check, in its order
     */
    @Schema(name = "QuotaExceeded")
    record QuotaProblem(
            @JsonUnwrapped ProblemSchema problem,
            @Schema(name = "violated-policies") List<String> violatedPolicies,
            boolean allowed,
            boolean degraded,
            List<LimitResponse> limits) {}

    /**
     * Problem quota-exceeded: as many leases as the limit are live.
     *
     * @param violatedPolicies the name that was requested
     * @param degraded whether the decision was made without Redis
     * @param limit how many leases may be live at once
     * @param inUse live leases; more than the limit if that was lowered
     * @param retryAfterMillis time until a lease would be granted, if none is extended or released before
     */
    @Schema(name = "LeasesExhausted")
    record LeasesProblem(
            @JsonUnwrapped ProblemSchema problem,
            @Schema(name = "violated-policies") List<String> violatedPolicies,
            boolean degraded,
            long limit,
            long inUse,
            long retryAfterMillis) {}

    /**
     * Problem store-unavailable: the lease may have been granted.
     *
     * @param leaseId the id to repeat the request with
     */
    @Schema(name = "LeaseUnknown")
    record LeaseUnknownProblem(@JsonUnwrapped ProblemSchema problem, String leaseId) {}

    /** Describes the response for an unknown policy. */
    @ApiResponse(
            responseCode = "404",
            description = "No policy has this name: problem no-such-policy.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface NoSuchPolicy {}

    /** Describes the response for a tenant that has too many policies. */
    @ApiResponse(
            responseCode = "409",
            description = "A tenant has at most 1000 policies and 10000 overrides: problem too-many-policies or "
                    + "too-many-overrides.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface TooManyPolicies {}
}
