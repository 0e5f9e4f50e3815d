package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.Claims;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.WaitingClaims;
import dev.gatehouse.idempotency.http.ClaimBody.Asking;
import dev.gatehouse.idempotency.http.CompleteBody.Completing;
import dev.gatehouse.idempotency.http.ExtendBody.Extending;
import dev.gatehouse.web.CommonHeadersFilter;
import dev.gatehouse.web.Deadlines;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.Violation;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.ContentProblems;
import dev.gatehouse.web.openapi.ProblemSchema;
import dev.gatehouse.web.openapi.SafeToAskAgain;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Has it been done already? */
@Controller("/v1/idempotency/claims")
@Tag(name = "Idempotency", description = "Has it been done already?")
@ApiResponse(
        responseCode = "400",
        description = "The body is not what the operation takes: problem invalid-request, with the faults found in "
                + "errors; or there is no key: problem idempotency-key-missing, which has errors too.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.InvalidRequest.class)))
@CallerProblems
@ContentProblems
public class IdempotencyController {

    private final Claims claims;
    private final WaitingClaims waiting;
    private final Deadlines deadlines;
    private final CommonHeadersFilter everyResponse;

    IdempotencyController(
            Claims claims, WaitingClaims waiting, Deadlines deadlines, CommonHeadersFilter everyResponse) {
        this.claims = claims;
        this.waiting = waiting;
        this.deadlines = deadlines;
        this.everyResponse = everyResponse;
    }

    /** Gives the work to whoever asks first, and tells the others its result. */
    @Post
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "claim",
            summary = "Claim work, or be told its result",
            description =
                    "Of all who claim a key one gets the work. It completes or releases the claim; if it does neither, another gets the work when the lease has ended.")
    @KeyHeader
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ClaimBody.class)))
    @ClaimAnswers
    public CompletionStage<HttpResponse<?>> claim(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> request,
            @Body byte @Nullable [] body) {
        return switch (ClaimBody.read(body, keys(request), everyResponse.requestId(request))) {
            case Read<Asking>(Asking(var asked, var wait)) ->
                waiting.claim(tenant.name(), asked, wait, deadlines.afterWaiting(wait))
                        .thenApply(answer -> ClaimResponse.toClaim(asked.claim().owner(), answer));
            case Faulty<Asking>(var violations) -> refused(violations);
        };
    }

    /** Keeps the result of the work. */
    @Post("/complete")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "completeClaim",
            summary = "Give the result of the work",
            description =
                    "Also after the lease has ended, as long as nobody else has claimed the key. Asking again changes nothing.")
    @KeyHeader
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CompleteBody.class)))
    @RecordedAnswer.Told
    @LeaseLost
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> complete(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> request,
            @Body byte @Nullable [] body) {
        return switch (CompleteBody.read(body, keys(request))) {
            case Read<Completing>(Completing(var claim, var response, var lifetime)) ->
                claims.complete(tenant.name(), claim, response, lifetime, deadlines.next())
                        .thenApply(answer -> woken(tenant, claim.key(), ClaimResponse.toComplete(answer)));
            case Faulty<Completing>(var violations) -> refused(violations);
        };
    }

    /** Gives the work back undone. */
    @Post("/release")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "releaseClaim",
            summary = "Give the work back undone",
            description = "The next to claim the key gets it. Asking again is answered the same, unless somebody has.")
    @KeyHeader
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = OwnedBody.class)))
    @ApiResponse(
            responseCode = "204",
            description = "Nobody has claimed the key.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @LeaseLost
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> release(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> request,
            @Body byte @Nullable [] body) {
        return switch (OwnedBody.read(body, keys(request))) {
            case Read<Claim>(var claim) ->
                claims.release(tenant.name(), claim, deadlines.next())
                        .thenApply(answer -> woken(tenant, claim.key(), ClaimResponse.toRelease(answer)));
            case Faulty<Claim>(var violations) -> refused(violations);
        };
    }

    /** Has the lease last longer. */
    @Post("/extend")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "extendClaim",
            summary = "Hold the work for longer",
            description = "As long as nobody else has claimed the key.")
    @KeyHeader
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ExtendBody.class)))
    @ExtendedAnswer.Told
    @LeaseLost
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> extend(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> request,
            @Body byte @Nullable [] body) {
        return switch (ExtendBody.read(body, keys(request))) {
            case Read<Extending>(Extending(var claim, var length)) ->
                claims.extend(tenant.name(), claim, length, deadlines.next()).thenApply(ClaimResponse::toExtend);
            case Faulty<Extending>(var violations) -> refused(violations);
        };
    }

    /** Tells what is known of a key. */
    @Post("/inspect")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "inspectClaim", summary = "Tell what is known of a key", description = "Changes nothing.")
    @KeyHeader
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = KeyBody.class)))
    @InspectedAnswer.Told
    @KeyUnknown
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> inspect(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> request,
            @Body byte @Nullable [] body) {
        return switch (KeyBody.read(body, keys(request))) {
            case Read<IdempotencyKey>(var key) ->
                claims.inspect(tenant.name(), key, deadlines.next()).thenApply(ClaimResponse::toInspect);
            case Faulty<IdempotencyKey>(var violations) -> refused(violations);
        };
    }

    /** Forgets a key. */
    @Post("/invalidate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "invalidateClaim",
            summary = "Forget a key, whoever has claimed it",
            description = "The work may be done anew, also if somebody is at it.")
    @KeyHeader
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = KeyBody.class)))
    @ApiResponse(
            responseCode = "204",
            description = "Nothing is known of the key.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> invalidate(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> request,
            @Body byte @Nullable [] body) {
        return switch (KeyBody.read(body, keys(request))) {
            case Read<IdempotencyKey>(var key) ->
                claims.invalidate(tenant.name(), key, deadlines.next())
                        .thenApply(answer -> woken(tenant, key, ClaimResponse.toInvalidate(answer)));
            case Faulty<IdempotencyKey>(var violations) -> refused(violations);
        };
    }

    private HttpResponse<?> woken(Tenant tenant, IdempotencyKey key, HttpResponse<?> response) {
        waiting.wake(tenant.name(), key);
        return response;
    }

    private static List<String> keys(HttpRequest<?> request) {
        return request.getHeaders().getAll(AskedKey.HEADER);
    }

    private static CompletionStage<HttpResponse<?>> refused(List<Violation> violations) {
        var invalid = Problem.invalidRequest(violations);
        if (!AskedKey.isMissing(violations)) {
            return CompletableFuture.completedStage(invalid.response());
        }
        var missing = Problem.of(
                        "idempotency-key-missing",
                        "There is no key",
                        400,
                        "Give it as key, or as the header " + AskedKey.HEADER + ".")
                .with("errors", violations);
        return CompletableFuture.completedStage(missing.response());
    }
}
