package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.http.ExtendRequest.Extending;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.ratelimit.lease.Leases;
import dev.gatehouse.web.Deadlines;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.Violation;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.ProblemSchema;
import dev.gatehouse.web.openapi.SafeToAskAgain;
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
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How many at once? */
@Controller("/v1/rate-limits/leases")
@Tag(name = "Leases", description = "How many at once?")
@BodyProblems
public class LeaseController {

    private final Leases leases;
    private final Deadlines deadlines;

    LeaseController(Leases leases, Deadlines deadlines) {
        this.leases = leases;
        this.deadlines = deadlines;
    }

    /** Grants a lease if there is room. */
    @Post
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "acquireLease",
            summary = "Ask for one of so many leases; of one, it is a lock",
            description =
                    "A lease is live until its end, unless it is released before. A holder that crashes is rid of it "
                            + "then. Asking again with the same leaseId while it is live gives the same grant.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AcquireRequest.class),
                            examples = {
                                @ExampleObject(name = "A lock", value = """
                                                {"name": "report", "subject": "user-42", "limit": 1, "leaseMillis": 30000}\
                                                """),
                                @ExampleObject(name = "Five at once", value = """
                                                {"name": "exports", "subject": "user-42", "limit": 5, "leaseMillis": 600000}\
                                                """)
                            }))
    @ApiResponse(
            responseCode = "201",
            description = "The lease is granted.",
            headers = {
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = GrantedAnswer.class)))
    @ApiResponse(
            responseCode = "429",
            description = "As many as the limit are live: problem quota-exceeded.",
            headers = {
                @Header(
                        name = "Retry-After",
                        description = "Seconds until one would be granted, if none is extended or released before.",
                        schema = @Schema(type = "integer", example = "30")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = LeasesExhaustedSchema.class)))
    @ApiResponse(
            responseCode = "503",
            description =
                    "Redis does not answer and the policy is to refuse: problem store-unavailable. Whether the lease "
                            + "was granted is not known; it is safe to ask again with the leaseId of the problem.",
            headers = {
                @Header(
                        name = "Retry-After",
                        description = "Seconds until it is worth asking again.",
                        schema = @Schema(type = "integer", example = "1"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = LeaseUnknownSchema.class)))
    public CompletionStage<HttpResponse<?>> acquire(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (AcquireRequest.read(body)) {
            case Read<LeaseRequest>(var asked) ->
                leases.acquire(tenant.name(), asked, deadlines.next())
                        .thenApply(answer -> new LeaseResponse(asked.lease()).toAcquire(asked, answer));
            case Faulty<LeaseRequest>(var violations) -> refused(violations);
        };
    }

    /** Has a live lease last longer. */
    @Post("/extend")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "extendLease",
            summary = "Hold a lease for longer",
            description = "Only while it is live: one that has ended is lost, even if nobody took the place.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ExtendRequest.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The lease lasts at least so long.",
            headers = {
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = ExtendedAnswer.class)))
    @ApiResponse(
            responseCode = "409",
            description = "It has ended, was released or was never granted: problem lease-lost.",
            headers = {
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.LeaseLost.class)))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> extend(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (ExtendRequest.read(body)) {
            case Read<Extending>(Extending(var lease, var length)) ->
                leases.extend(tenant.name(), lease, length, deadlines.next())
                        .thenApply(new LeaseResponse(lease)::toExtend);
            case Faulty<Extending>(var violations) -> refused(violations);
        };
    }

    /** Ends a lease. */
    @Post("/release")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "releaseLease",
            summary = "Give a lease back",
            description = "The answer is the same for one that has ended, was released before or was never granted.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ReleaseRequest.class)))
    @ApiResponse(
            responseCode = "204",
            description = "The lease is not live.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> release(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (ReleaseRequest.read(body)) {
            case Read<Lease>(var lease) ->
                leases.release(tenant.name(), lease, deadlines.next()).thenApply(new LeaseResponse(lease)::toRelease);
            case Faulty<Lease>(var violations) -> refused(violations);
        };
    }

    private static CompletionStage<HttpResponse<?>> refused(List<Violation> violations) {
        return CompletableFuture.completedStage(
                Problem.invalidRequest(violations).response());
    }
}
