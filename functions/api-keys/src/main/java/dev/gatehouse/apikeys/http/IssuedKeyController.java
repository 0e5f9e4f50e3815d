// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import dev.gatehouse.apikeys.Issuance;
import dev.gatehouse.apikeys.IssueRequest;
import dev.gatehouse.apikeys.IssuedKeyStore;
import dev.gatehouse.apikeys.KeyDigest;
import dev.gatehouse.apikeys.KeySecret;
import dev.gatehouse.apikeys.KeyVerifier;
import dev.gatehouse.apikeys.OwnerId;
import dev.gatehouse.apikeys.PresentedKey;
import dev.gatehouse.apikeys.Verification;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.http.policy.NamedPolicies;
import dev.gatehouse.ratelimit.telemetry.LimitReporter;
import dev.gatehouse.web.CommonHeadersFilter;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.log.AuditLog;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import dev.gatehouse.web.openapi.UnsafeToRetry;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Patch;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The routes of API keys. */
@Controller("/v1/api-keys")
@RightsAllowed("api-keys")
@Tag(name = "API keys", description = "Which program calls, and what may it do?")
public class IssuedKeyController {

    /** Matches malformed ids too, which do not identify any key, but no name of another route. */
    private static final String ID = "/{id:(?!verify$|rotate$|list$)[^/]+}";

    private final IssuedKeyStore keys;
    private final KeyVerifier verifier;
    private final NamedPolicies policies;
    private final LimitReporter reporter;
    private final KeyResponseMapper responses;
    private final DeadlineFactory deadlines;

    IssuedKeyController(
            IssuedKeyStore keys,
            KeyVerifier verifier,
            NamedPolicies policies,
            LimitReporter reporter,
            KeyResponseMapper responses,
            DeadlineFactory deadlines) {
        this.keys = keys;
        this.verifier = verifier;
        this.policies = policies;
        this.reporter = reporter;
        this.responses = responses;
        this.deadlines = deadlines;
    }

    /**
     * Issues an API key to an owner. The key is returned here and by rotation only. Redis stores a digest of it. With a digest,
     * imports a key whose text only its owner has. Importing the same digest for the same owner again changes nothing.
     */
    @Post
    @Operation(operationId = "issueApiKey")
    @ApiResponse(
            responseCode = "201",
            description = "The key was issued.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/NewApiKey")))
    @ApiResponse(responseCode = "409", ref = "ApiKeyRefused")
    @BodyProblems
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> issue(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body IssueKeyRequest request) {
        var digest = request.digest();
        var secret = digest == null ? KeySecret.random(request.owner()) : null;
        var issue = secret == null
                ? IssueRequest.ofImport(
                        request.owner(),
                        KeyDigest.ofHex(String.valueOf(digest)),
                        request.details(),
                        request.lifetimeSeconds())
                : IssueRequest.of(
                        request.owner(),
                        secret,
                        request.prefixOrDefault(),
                        request.details(),
                        request.lifetimeSeconds());
        return keys.issue(tenant.name(), issue, deadlines.next())
                .thenApply(decision -> AuditLog.record(
                        http, "api-key.issue", issue.id().text(), decision, Issuance.Issued.class::isInstance))
                .thenApply(decision -> responses.toIssue(secret, decision));
    }

    /**
     * Verifies a key, its scopes and the limits of its owner in one step. Only a valid key with the scopes charges the
     * limits: all of them, or none. A key with a wrong checksum is rejected without Redis. Without Redis, a key that this
     * process has verified within the last minute is found in memory, unless that is disabled.
     */
    @Post("/verify")
    @RightsAllowed("verify")
    @Operation(operationId = "verifyApiKey")
    @ApiResponse(
            responseCode = "200",
            description = "The key is valid, and every limit has room.",
            headers = {
                @Header(name = "RateLimit-Policy", ref = "RateLimit-Policy"),
                @Header(name = "RateLimit", ref = "RateLimit"),
                @Header(name = "X-RateLimit-Limit", ref = "X-RateLimit-Limit"),
                @Header(name = "X-RateLimit-Remaining", ref = "X-RateLimit-Remaining"),
                @Header(name = "X-RateLimit-Reset", ref = "X-RateLimit-Reset"),
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source")
            },
            content = @Content(schema = @Schema(ref = "#/components/schemas/ApiKeyVerified")))
    @ApiResponse(responseCode = "401", ref = "ApiKeyInvalid")
    @ApiResponse(responseCode = "403", ref = "ScopeMissing")
    @ApiResponse(responseCode = "429", ref = "QuotaExceeded")
    @BodyProblems
    @UnsafeToRetry
    public CompletionStage<HttpResponse<?>> verify(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body VerifyKeyRequest request) {
        var deadline = deadlines.next();
        var scopes = request.requiredScopes();
        return policies.with(tenant, request.policies(), deadline, snapshot -> {
            // Before the key is verified, so that an invalid request is one for every key.
            var presented = PresentedKey.parse(request.key());
            var tag = presented.flatMap(PresentedKey::ownerTag);
            var check = request.toCheck(snapshot, tag.orElse("-"));
            return presented
                    .map(key -> verifier.verify(
                            tenant.name(),
                            key,
                            scopes,
                            owner -> tag.isPresent() ? check : request.toCheck(snapshot, owner),
                            deadline))
                    .orElseGet(() -> CompletableFuture.completedStage(new Decided<>(
                            new KeyVerifier.Result(
                                    new Verification.Invalid(), null, new CheckDecision(true, List.of())),
                            Source.REDIS)))
                    .thenApply(decision -> decision.ifDecided(result -> report(tenant, request, result, http)))
                    .thenApply(responses::toVerify);
        });
    }

    private void report(Tenant tenant, VerifyKeyRequest request, KeyVerifier.Result result, HttpRequest<?> http) {
        var check = result.check();
        if (check != null) {
            reporter.report(
                    tenant.name(),
                    check,
                    result.decision(),
                    request::isPolicy,
                    () -> CommonHeadersFilter.traceOf(http));
        }
    }

    /**
     * Issues a successor of a key. It has the same owner, scopes and attributes and, if the old one has one, the same lifetime
     * from now. The old key stays valid for the grace period. A repetition issues another successor.
     */
    @Post("/rotate")
    @Operation(operationId = "rotateApiKey")
    @ApiResponse(
            responseCode = "201",
            description = "The successor.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/NewApiKey")))
    @ApiResponse(responseCode = "404", ref = "ApiKeyUnknown")
    @ApiResponse(responseCode = "409", ref = "ApiKeyRefused")
    @BodyProblems
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> rotate(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body RotateKeyRequest request) {
        var id = KeyIdText.parseId(request.id());
        var successor = KeySecret.randomFor(id);
        return keys.rotate(tenant.name(), id, successor, Duration.ofSeconds(request.graceSeconds()), deadlines.next())
                .thenApply(decision ->
                        AuditLog.record(http, "api-key.rotate", id.text(), decision, Issuance.Issued.class::isInstance))
                .thenApply(decision -> responses.toIssue(successor, decision));
    }

    /** Changes a key. Members that are absent stay as they are; scopes and attributes are replaced as a whole. */
    @Patch(ID)
    @Operation(operationId = "patchApiKey")
    @ApiResponse(
            responseCode = "200",
            description = "The key.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/ApiKeyFound")))
    @ApiResponse(responseCode = "404", ref = "ApiKeyUnknown")
    @BodyProblems
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> patch(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = "The key's id.", example = KeyIdText.ID) @PathVariable String id,
            @Body PatchKeyRequest request) {
        var key = KeyIdText.parseId(id);
        return keys.patch(tenant.name(), key, request.patch(), deadlines.next())
                .thenApply(
                        decision -> AuditLog.record(http, "api-key.patch", key.text(), decision, Optional::isPresent))
                .thenApply(responses::toPatch);
    }

    /** Revokes a key. The response is the same if there was none. */
    @Delete(ID)
    @Consumes(MediaType.ALL)
    @Operation(operationId = "revokeApiKey")
    @ApiResponse(
            responseCode = "204",
            description = "The key does not exist any more.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @CallerProblems
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> revoke(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = "The key's id.", example = KeyIdText.ID) @PathVariable String id) {
        var key = KeyIdText.parseId(id);
        return keys.revoke(tenant.name(), key, deadlines.next())
                .thenApply(decision -> AuditLog.record(http, "api-key.revoke", key.text(), decision, AuditLog.ANY))
                .thenApply(responses::toRevoke);
    }

    /** Lists the keys of an owner, newest first. Without their texts. */
    @Post("/list")
    @Operation(operationId = "listApiKeys")
    @ApiResponse(
            responseCode = "200",
            description = "The live keys.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/ApiKeyList")))
    @BodyProblems
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant, @Body ListKeysRequest request) {
        return keys.list(tenant.name(), new OwnerId(request.ownerId()), deadlines.next())
                .thenApply(responses::toList);
    }
}
