// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.ratelimit.policy.Policy;
import dev.gatehouse.ratelimit.policy.PolicyOverride;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import dev.gatehouse.web.log.AuditLog;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Serves the overrides of policies for single subjects. */
@RightsAllowed("admin")
@Controller("/v1/rate-limits/policies/{name}/overrides")
@Tag(name = "Policies", description = "Store limits under names.")
@BodyProblems
@SafeToRetry
public class OverrideController {

    private final Policies policies;
    private final PolicyResponseMapper responses;
    private final DeadlineFactory deadlines;

    OverrideController(Policies policies, PolicyResponseMapper responses, DeadlineFactory deadlines) {
        this.policies = policies;
        this.responses = responses;
        this.deadlines = deadlines;
    }

    /**
     * Replaces a policy for one subject: by the limit of another policy, as it is at each decision, or by a limit of its own.
     * Members of the limit that are not given are copied from the policy as it is now, and stay so when it changes. In force
     * everywhere within 10 seconds.
     */
    @Put
    @Operation(operationId = "putPolicyOverride")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = OverrideRequest.class),
                            examples = {
                                @ExampleObject(name = "Ten times as much", ref = "TenTimesAsMuch"),
                                @ExampleObject(name = "Another plan for a month", ref = "AnotherPlan")
                            }))
    @ApiResponse(
            responseCode = "200",
            description = "The override as it is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = OverrideResponse.class)))
    @ApiResponse(responseCode = "404", ref = "NoSuchPolicy")
    @ApiResponse(responseCode = "409", ref = "TooManyPolicies")
    public CompletionStage<HttpResponse<?>> put(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = PolicyController.NAME, example = "free-plan") @PathVariable String name,
            @Body OverrideRequest request) {
        if (!Policies.isName(name)) {
            return CompletableFuture.completedStage(PolicyResponseMapper.noSuchPolicy());
        }
        var deadline = deadlines.next();
        return withPolicy(tenant, name, deadline, responses::toFind, policy -> {
            var override = request.over(policy.limit(), Instant.now());
            var other = request.policy();
            return other == null
                    ? put(tenant, http, request.subject(), override, deadline)
                    : withPolicy(
                            tenant,
                            other,
                            deadline,
                            this::otherwise,
                            _ -> put(tenant, http, request.subject(), override, deadline));
        });
    }

    /** @param otherwise the response if there is no such policy, or it is unavailable */
    private CompletionStage<HttpResponse<?>> withPolicy(
            Tenant tenant,
            String name,
            Deadline deadline,
            Function<Decision<Optional<Policy>>, HttpResponse<?>> otherwise,
            Function<Policy, CompletionStage<HttpResponse<?>>> operation) {
        return policies.find(tenant.name(), name, deadline).thenCompose(decision -> switch (decision) {
            case Decided<Optional<Policy>>(var found, var _) when found.isPresent() -> operation.apply(found.get());
            case Decided<Optional<Policy>> _, Unavailable<Optional<Policy>> _ ->
                CompletableFuture.completedStage(otherwise.apply(decision));
        });
    }

    private HttpResponse<?> otherwise(Decision<Optional<Policy>> decision) {
        if (decision instanceof Decided) {
            throw new InvalidRequest("policy", "is not a known policy");
        }
        return responses.toFind(decision);
    }

    private CompletionStage<HttpResponse<?>> put(
            Tenant tenant, HttpRequest<?> http, String subject, PolicyOverride override, Deadline deadline) {
        return policies.override(tenant.name(), subject, override, deadline)
                .thenApply(decision -> AuditLog.record(
                        http, "override.put", what(override.policy(), subject), decision, StoreResult.STORED::equals))
                .thenApply(decision -> responses.toOverride(decision, override, subject));
    }

    /**
     * Removes an override, by its subject or by the tag that lists show. The response is the same if there was no override,
     * or no such policy.
     */
    @Delete
    @Operation(operationId = "deletePolicyOverride")
    @ApiResponse(
            responseCode = "204",
            description = "There is no such override.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    public CompletionStage<HttpResponse<?>> delete(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = PolicyController.NAME, example = "free-plan") @PathVariable String name,
            @Body SubjectRequest request) {
        return Policies.isName(name)
                ? remove(tenant, name, request)
                        .thenApply(decision -> AuditLog.record(
                                http, "override.delete", name + " " + request.tag(), decision, removed -> removed))
                        .thenApply(PolicyResponseMapper::toRemove)
                : CompletableFuture.completedStage(HttpResponse.noContent());
    }

    private CompletionStage<Decision<Boolean>> remove(Tenant tenant, String name, SubjectRequest request) {
        var subject = request.subject();
        return subject == null
                ? policies.removeOverrideByTag(tenant.name(), name, request.tag(), deadlines.next())
                : policies.removeOverride(tenant.name(), name, subject, deadlines.next());
    }

    /** Returns the name of an override in the audit log. */
    private static String what(String policy, String subject) {
        return policy + " " + HashTag.of(subject);
    }

    /** Lists the overrides of a policy that have not ended, 100 a page, by the tags of their subjects. */
    @Post("/list")
    @RightsAllowed("read")
    @Operation(operationId = "listPolicyOverrides")
    @ApiResponse(
            responseCode = "200",
            description = "A page of the overrides.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = OverridePage.class)))
    @ApiResponse(responseCode = "404", ref = "NoSuchPolicy")
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = PolicyController.NAME, example = "free-plan") @PathVariable String name,
            @Body ListOverridesRequest request) {
        var after = request.after() == null ? "" : request.after();
        return Policies.isName(name)
                ? policies.current(tenant.name(), deadlines.next())
                        .thenApply(decision -> responses.toOverrides(decision, name, after))
                : CompletableFuture.completedStage(PolicyResponseMapper.noSuchPolicy());
    }

    /**
     * The subject whose override is to be removed: either subject, or subjectTag.
     *
     * @param subject the subject that the override is for
     * @param subjectTag the tag of the subject, as lists show it
     */
    @JsonRecord
    @Schema(name = "SubjectRequest", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record SubjectRequest(
            @Nullable @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
            String subject,

            @Nullable @Pattern(regexp = Policies.TAG_PATTERN, message = Policies.TAG_RULE)
            String subjectTag)
            implements Validatable {

        @Override
        public void validate(ViolationCollector violations) {
            if (subject == null && subjectTag == null) {
                violations.add("subject", "is missing; give subject, or subjectTag");
            }
            if (subject != null && subjectTag != null) {
                violations.add("subjectTag", "must be left out where subject is given");
            }
        }

        /** Returns the tag of the subject, which must be valid. */
        String tag() {
            return subjectTag == null ? HashTag.of(Objects.requireNonNull(subject)) : subjectTag;
        }
    }

    /**
     * The overrides to list.
     *
     * @param after the tag before the first of the page, which is next of the page before
     */
    @JsonRecord
    @Schema(name = "ListOverridesRequest", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record ListOverridesRequest(
            @Nullable @Pattern(regexp = Policies.TAG_PATTERN, message = Policies.TAG_RULE)
            String after) {}
}
