package dev.gatehouse.ratelimit.http.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.log.AuditLog;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.context.annotation.Property;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
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
import jakarta.validation.constraints.Size;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Serves the policies: limits that are stored under a name, and their overrides. */
@RightsAllowed("admin")
@Controller("/v1/rate-limits/policies/{name}")
@Tag(name = "Policies", description = "Store limits under names.")
@CallerProblems
@SafeToRetry
public class PolicyController {

    private static final String NAME = "The policy's name: 1 to 64 characters of A-Z a-z 0-9 . _ -";

    private final Policies policies;
    private final DeadlineFactory deadlines;
    private final String whenDown;

    PolicyController(
            Policies policies,
            DeadlineFactory deadlines,
            @Nullable @Property(name = "gatehouse.rate-limit-when-down") String whenDown) {
        this.policies = policies;
        this.deadlines = deadlines;
        this.whenDown = GuardedRateLimiter.fallback(whenDown).word();
    }

    /** Reads a policy, without its overrides. */
    @Get
    @RightsAllowed("read")
    @Operation(operationId = "getPolicy")
    @ApiResponse(
            responseCode = "200",
            description = "The policy as it is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = PolicyResponse.class)))
    @ApiResponse(responseCode = "404", ref = "NoSuchPolicy")
    public CompletionStage<HttpResponse<?>> get(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name) {
        return Policies.isName(name)
                ? policies.find(tenant.name(), name, deadlines.next()).thenApply(this::found)
                : CompletableFuture.completedStage(noSuchPolicy());
    }

    private HttpResponse<?> found(Decision<Optional<Limit>> decision) {
        return decided(decision, "Whether there is such a policy is not known.", found -> found.<MutableHttpResponse<?>>
                        map(limit -> ok(limit, null))
                .orElseGet(PolicyController::noSuchPolicy));
    }

    /**
     * Stores a policy. Replaces the policy of this name; overrides stay. In force everywhere within 10 seconds. Units
     * that were used stay used.
     */
    @Put
    @Operation(operationId = "putPolicy")
    @ApiResponse(
            responseCode = "200",
            description = "The policy as it is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = PolicyResponse.class)))
    @BodyProblems
    @ApiResponse(responseCode = "409", ref = "TooManyPolicies")
    public CompletionStage<HttpResponse<?>> put(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name,
            @Body PolicyRequest request) {
        if (!Policies.isName(name)) {
            throw new InvalidRequest("name", Policies.NAME_RULE);
        }
        var policy = request.toLimit(name);
        return policies.put(tenant.name(), policy, deadlines.next())
                .thenApply(decision -> AuditLog.record(http, "policy.put", name, decision, StoreResult.STORED::equals))
                .thenApply(decision -> stored(decision, policy, null));
    }

    /** Removes a policy. Its overrides are removed with it. The response is the same if there was none. */
    @Delete
    @Operation(operationId = "deletePolicy")
    @ApiResponse(
            responseCode = "204",
            description = "There is no such policy.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    public CompletionStage<HttpResponse<?>> delete(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name) {
        return Policies.isName(name)
                ? policies.remove(tenant.name(), name, deadlines.next())
                        .thenApply(
                                decision -> AuditLog.record(http, "policy.delete", name, decision, removed -> removed))
                        .thenApply(PolicyController::removed)
                : CompletableFuture.completedStage(HttpResponse.noContent());
    }

    /**
     * Replaces a policy for one subject. Members that are not given are copied from the policy as it is now, and stay
     * so when it changes. In force everywhere within 10 seconds.
     */
    @Put("/overrides")
    @Operation(operationId = "putPolicyOverride")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = OverrideRequest.class),
                            examples = {@ExampleObject(name = "Ten times as much", ref = "TenTimesAsMuch")}))
    @ApiResponse(
            responseCode = "200",
            description = "The override as it is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = PolicyResponse.class)))
    @ApiResponse(responseCode = "404", ref = "NoSuchPolicy")
    @BodyProblems
    @ApiResponse(responseCode = "409", ref = "TooManyPolicies")
    public CompletionStage<HttpResponse<?>> putOverride(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name,
            @Body OverrideRequest request) {
        if (!Policies.isName(name)) {
            return CompletableFuture.completedStage(noSuchPolicy());
        }
        var deadline = deadlines.next();
        return policies.find(tenant.name(), name, deadline).thenCompose(decision -> switch (decision) {
            case Decided<Optional<Limit>>(var found, var _)
            when found.isPresent() -> {
                var limit = request.over(found.get());
                yield policies.override(tenant.name(), request.subject(), limit, deadline)
                        .thenApply(result -> AuditLog.record(
                                http,
                                "override.put",
                                override(name, request.subject()),
                                result,
                                StoreResult.STORED::equals))
                        .thenApply(result -> stored(result, limit, request.subject()));
            }
            case Decided<Optional<Limit>> _, Unavailable<Optional<Limit>> _ ->
                CompletableFuture.completedStage(found(decision));
        });
    }

    private HttpResponse<?> stored(Decision<StoreResult> decision, Limit limit, @Nullable String subject) {
        var what = subject == null ? "policy" : "override";
        return decided(decision, "The " + what + " may or may not have been stored.", result -> switch (result) {
            case STORED -> ok(limit, subject);
            case NO_SUCH_POLICY -> noSuchPolicy();
            case TOO_MANY ->
                subject == null
                        ? tooMany("policies", Policies.MAX_POLICIES)
                        : tooMany("overrides", Policies.MAX_OVERRIDES);
        });
    }

    /** Removes an override. The response is the same if there was no override, or no such policy. */
    @Delete("/overrides")
    @Operation(operationId = "deletePolicyOverride")
    @ApiResponse(
            responseCode = "204",
            description = "There is no such override.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> deleteOverride(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name,
            @Body SubjectRequest request) {
        return Policies.isName(name)
                ? policies.removeOverride(tenant.name(), name, request.subject(), deadlines.next())
                        .thenApply(decision -> AuditLog.record(
                                http,
                                "override.delete",
                                override(name, request.subject()),
                                decision,
                                removed -> removed))
                        .thenApply(PolicyController::removed)
                : CompletableFuture.completedStage(HttpResponse.noContent());
    }

    /** Returns the name of an override in the audit log. */
    private static String override(String policy, String subject) {
        return policy + " " + HashTag.of(subject);
    }

    private static HttpResponse<?> removed(Decision<Boolean> decision) {
        return decided(decision, "It may or may not have been removed.", _ -> HttpResponse.noContent());
    }

    private static <T> HttpResponse<?> decided(
            Decision<T> decision, String unavailable, Function<T, MutableHttpResponse<?>> response) {
        return DecisionResponse.of(
                decision,
                unavailable + " It is safe to repeat the request.",
                decided -> response.apply(decided.value()));
    }

    private MutableHttpResponse<?> ok(Limit limit, @Nullable String subject) {
        return HttpResponse.ok(PolicyResponse.of(limit, subject, whenDown));
    }

    private static MutableHttpResponse<?> noSuchPolicy() {
        return Problem.of("no-such-policy", "No such policy", 404, "No policy has this name.")
                .response();
    }

    private static MutableHttpResponse<?> tooMany(String what, int most) {
        return Problem.of(
                        "too-many-" + what, "Too many " + what, 409, "At most " + most + " " + what + " can be stored.")
                .response();
    }

    /**
     * A subject whose override is to be removed.
     *
     * @param subject the subject that the override is for
     */
    @JsonRecord
    @Schema(name = "SubjectRequest", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record SubjectRequest(
            @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
            String subject) {}
}
