package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.web.Deadlines;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Reading;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.Violation;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.SafeToAskAgain;
import io.micronaut.context.annotation.Property;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Which limits do names stand for? */
@Controller("/v1/rate-limits/policies/{name}")
@Tag(name = "Policies", description = "Which limits do names stand for?")
@CallerProblems
@SafeToAskAgain
public class PolicyController {

    private static final String NAME = "The policy's name: 1 to 64 characters of A-Z a-z 0-9 . _ -";

    private final Policies policies;
    private final Deadlines deadlines;
    private final PolicyResponse response;

    PolicyController(
            Policies policies,
            Deadlines deadlines,
            @Property(name = "gatehouse.rate-limit-when-down", defaultValue = "local") String whenDown) {
        this.policies = policies;
        this.deadlines = deadlines;
        this.response = new PolicyResponse(whenDown);
    }

    /** Tells what a policy is. */
    @Get
    @Operation(operationId = "getPolicy", summary = "What a policy's name stands for, overrides left aside")
    @PolicyTold
    @NoSuchPolicy
    public CompletionStage<HttpResponse<?>> get(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name) {
        return Limit.isName(name)
                ? policies.find(tenant.name(), name, deadlines.next()).thenApply(response::toGet)
                : noSuchPolicy();
    }

    /** Stores a policy. */
    @Put
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putPolicy",
            summary = "Have a name stand for a limit",
            description = "In place of what it stood for; overrides stay. It is in force everywhere within 10 seconds. "
                    + "What was used so far goes on counting.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = PolicySchema.class)))
    @PolicyTold
    @BodyProblems
    @TooManyPolicies
    public CompletionStage<HttpResponse<?>> put(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name,
            @Body byte @Nullable [] body) {
        return switch (PolicyFields.readPolicy(name, body)) {
            case Read<Limit>(var policy) ->
                policies.put(tenant.name(), policy, deadlines.next())
                        .thenApply(answer -> response.toPut(policy, answer));
            case Faulty<Limit>(var violations) -> refused(violations);
        };
    }

    /** Removes a policy. */
    @Delete
    @Operation(
            operationId = "deletePolicy",
            summary = "Have a name stand for nothing",
            description = "Its overrides are removed with it. The answer is the same where there was none.")
    @ApiResponse(
            responseCode = "204",
            description = "There is no such policy.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    public CompletionStage<HttpResponse<?>> delete(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name) {
        return Limit.isName(name)
                ? policies.remove(tenant.name(), name, deadlines.next()).thenApply(response::toDelete)
                : nothingToDelete();
    }

    /** Stores what a policy's name stands for where one subject is concerned. */
    @Put("/overrides")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putPolicyOverride",
            summary = "Have a policy's name stand for another limit where one subject is concerned",
            description =
                    "What is not given is taken from the policy as it is now, and stays so when the policy changes. "
                            + "It is in force everywhere within 10 seconds.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = PolicySchema.Overriding.class),
                            examples = @ExampleObject(name = "Ten times as much", value = """
                                            {"subject": "user-42", "limit": 1000}\
                                            """)))
    @PolicyTold
    @NoSuchPolicy
    @BodyProblems
    @TooManyPolicies
    public CompletionStage<HttpResponse<?>> putOverride(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name,
            @Body byte @Nullable [] body) {
        return switch (PolicyFields.readOverridden(body)) {
            case Read<String>(var subject)
            when Limit.isName(name) -> {
                var deadline = deadlines.next();
                yield policies.find(tenant.name(), name, deadline).thenCompose(answer -> switch (answer) {
                    case Decided<Optional<Limit>>(var found, var _)
                    when found.isPresent() ->
                        override(tenant, subject, PolicyFields.readOverride(found.get(), body), deadline);
                    case Decided<Optional<Limit>> _, Unavailable<Optional<Limit>> _ ->
                        CompletableFuture.completedStage(response.toGet(answer));
                });
            }
            case Read<String> _ -> noSuchPolicy();
            case Faulty<String>(var violations) -> refused(violations);
        };
    }

    private CompletionStage<HttpResponse<?>> override(
            Tenant tenant, String subject, Reading<Limit> reading, Deadline deadline) {
        return switch (reading) {
            case Read<Limit>(var limit) ->
                policies.override(tenant.name(), subject, limit, deadline)
                        .thenApply(answer -> response.toOverride(subject, limit, answer));
            case Faulty<Limit>(var violations) -> refused(violations);
        };
    }

    /** Removes an override. */
    @Delete("/overrides")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "deletePolicyOverride",
            summary = "Have a policy count a subject like everybody else",
            description = "The answer is the same where there was no override, or is no such policy.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = PolicySchema.Subject.class)))
    @ApiResponse(
            responseCode = "204",
            description = "There is no such override.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> deleteOverride(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name,
            @Body byte @Nullable [] body) {
        return switch (PolicyFields.readSubject(body)) {
            case Read<String>(var subject)
            when Limit.isName(name) ->
                policies.removeOverride(tenant.name(), name, subject, deadlines.next())
                        .thenApply(response::toDelete);
            case Read<String> _ -> nothingToDelete();
            case Faulty<String>(var violations) -> refused(violations);
        };
    }

    private static CompletionStage<HttpResponse<?>> noSuchPolicy() {
        return CompletableFuture.completedStage(PolicyResponse.noSuchPolicy().response());
    }

    private static CompletionStage<HttpResponse<?>> nothingToDelete() {
        return CompletableFuture.completedStage(HttpResponse.noContent());
    }

    private static CompletionStage<HttpResponse<?>> refused(List<Violation> violations) {
        return CompletableFuture.completedStage(
                Problem.invalidRequest(violations).response());
    }
}
