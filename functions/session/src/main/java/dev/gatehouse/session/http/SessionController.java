// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.session.Grace;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.Touch;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.log.AuditLog;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.http.HttpHeaders;
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
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.CompletionStage;

/** The routes of sessions. */
@RightsAllowed("sessions")
@Controller("/v1/sessions")
@Tag(name = "Sessions", description = "Whose session is it?")
@SafeToRetry
public class SessionController {

    /** Matches malformed ids too, which do not identify any session, but no name of another route. */
    private static final String ID = "/{id:(?!lookup$|rotate$|elevate$|revoke-user$|list$)[^/]+}";

    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final SessionStore sessions;
    private final DeadlineFactory deadlines;

    SessionController(SessionStore sessions, DeadlineFactory deadlines) {
        this.sessions = sessions;
        this.deadlines = deadlines;
    }

    /** Creates a session of a user. The token is returned here, by rotation and by elevation only. Redis stores a digest of it. */
    @Post
    @Operation(operationId = "createSession")
    @ApiResponse(
            responseCode = "201",
            description = "The session was created.",
            headers = {
                @Header(name = "ETag", ref = "ETag"),
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source")
            },
            content = @Content(schema = @Schema(ref = "#/components/schemas/SessionWithToken")))
    @ApiResponse(responseCode = "409", ref = "SessionLimit")
    @BodyProblems
    public CompletionStage<HttpResponse<?>> create(
            @Parameter(hidden = true) Tenant tenant, @Body CreateSessionRequest request) {
        var session = request.toSessionRequest();
        var from = request.from();
        var created = from == null
                ? sessions.create(tenant.name(), session, deadlines.next())
                : sessions.create(tenant.name(), session, TokenText.parse(from), deadlines.next());
        return created.thenApply(decision -> SessionResponseMapper.toCreate(session.token(), decision));
    }

    /**
     * Looks up the session of a token. Without Redis, a session that this process has read within the last minute is
     * returned from memory, unless that is disabled.
     */
    @Post("/lookup")
    @Operation(operationId = "lookupSession")
    @ApiResponse(
            responseCode = "200",
            description = "The session.",
            headers = {
                @Header(name = "ETag", ref = "ETag"),
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source")
            },
            content = @Content(schema = @Schema(ref = "#/components/schemas/SessionFound")))
    @ApiResponse(responseCode = "401", ref = "SessionInvalid")
    @BodyProblems
    public CompletionStage<HttpResponse<?>> lookup(
            @Parameter(hidden = true) Tenant tenant, @Body LookupSessionRequest request) {
        var token = TokenText.parse(request.token());
        return sessions.lookup(tenant.name(), token, request.touch() ? Touch.TOUCH : Touch.LOOK, deadlines.next())
                .thenApply(SessionResponseMapper::toLookup);
    }

    /** Changes a session's attributes. Applies a JSON Merge Patch. Does not count as use of the session. */
    @Patch(ID)
    @Consumes({MERGE_PATCH, MediaType.APPLICATION_JSON})
    @Operation(operationId = "patchSession")
    @Parameter(name = HttpHeaders.IF_MATCH, in = ParameterIn.HEADER, ref = "If-Match")
    @ApiResponse(
            responseCode = "200",
            description = "The session.",
            headers = {
                @Header(name = "ETag", ref = "ETag"),
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source")
            },
            content = @Content(schema = @Schema(ref = "#/components/schemas/SessionFound")))
    @ApiResponse(responseCode = "404", ref = "SessionUnknown")
    @ApiResponse(responseCode = "412", ref = "SessionChanged")
    @BodyProblems
    public CompletionStage<HttpResponse<?>> patch(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = "The session's id.", example = TokenText.EXAMPLE_ID) @PathVariable String id,
            @Body PatchSessionRequest request) {
        var version = IfMatch.parse(http.getHeaders().getAll(HttpHeaders.IF_MATCH));
        return sessions.patch(tenant.name(), TokenText.parseId(id), request.patch(), version, deadlines.next())
                .thenApply(SessionResponseMapper::toPatch);
    }

    /**
     * Replaces the token of a session. Call it whenever the user gains rights. Within the grace period the old
     * token stays valid, and rotating it again returns the same successor. The timeouts do not change.
     */
    @Post("/rotate")
    @Operation(operationId = "rotateSession")
    @ApiResponse(
            responseCode = "200",
            description = "The session has a new token.",
            headers = {
                @Header(name = "ETag", ref = "ETag"),
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source")
            },
            content = @Content(schema = @Schema(ref = "#/components/schemas/SessionWithToken")))
    @ApiResponse(responseCode = "401", ref = "SessionInvalid")
    @BodyProblems
    public CompletionStage<HttpResponse<?>> rotate(
            @Parameter(hidden = true) Tenant tenant, @Body RotateSessionRequest request) {
        var grace = new Grace(request.graceSeconds());
        return sessions.rotate(tenant.name(), TokenText.parse(request.token()), grace, deadlines.next())
                .thenApply(SessionResponseMapper::toRotate);
    }

    /**
     * Replaces the token of a session by one with a level of certainty. Call it after the user has been authenticated
     * again, for example by a second factor. The level ends by itself. Only the new token has it: within the grace period
     * the old token stays valid without it, and cannot be rotated.
     */
    @Post("/elevate")
    @Operation(operationId = "elevateSession")
    @ApiResponse(
            responseCode = "200",
            description = "The session has a new token, with the level.",
            headers = {
                @Header(name = "ETag", ref = "ETag"),
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source")
            },
            content = @Content(schema = @Schema(ref = "#/components/schemas/SessionWithToken")))
    @ApiResponse(responseCode = "401", ref = "SessionInvalid")
    @BodyProblems
    public CompletionStage<HttpResponse<?>> elevate(
            @Parameter(hidden = true) Tenant tenant, @Body ElevateSessionRequest request) {
        var grace = new Grace(request.graceSeconds());
        return sessions.elevate(
                        tenant.name(), TokenText.parse(request.token()), request.grant(), grace, deadlines.next())
                .thenApply(SessionResponseMapper::toRotate);
    }

    /** Ends a session. The response is the same if there was none. */
    @Delete(ID)
    @Consumes(MediaType.ALL)
    @Operation(operationId = "revokeSession")
    @ApiResponse(
            responseCode = "204",
            description = "The session does not exist any more.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @CallerProblems
    public CompletionStage<HttpResponse<?>> revoke(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = "The session's id.", example = TokenText.EXAMPLE_ID) @PathVariable String id) {
        var session = TokenText.parseId(id);
        return sessions.revoke(tenant.name(), session, deadlines.next())
                .thenApply(decision -> AuditLog.record(http, "session.revoke", session.text(), decision, AuditLog.ANY))
                .thenApply(SessionResponseMapper::toRevoke);
    }

    /** Ends all sessions of a user, or all but one. Safe to repeat: only sessions created since are ended by it. */
    @Post("/revoke-user")
    @Operation(operationId = "revokeUser")
    @ApiResponse(
            responseCode = "200",
            description = "The sessions were ended.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = SessionsRevokedResponse.class)))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> revokeUser(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body RevokeUserRequest request) {
        var user = new UserId(request.userId());
        return sessions.revokeAll(tenant.name(), user, request.except(), deadlines.next())
                .thenApply(decision -> AuditLog.record(http, "session.revoke-user", user.tag(), decision, AuditLog.ANY))
                .thenApply(SessionResponseMapper::toRevokeUser);
    }

    /** Lists the sessions of a user, newest first. Without tokens. Does not count as use of the sessions. */
    @Post("/list")
    @RightsAllowed("read")
    @Operation(operationId = "listSessions")
    @ApiResponse(
            responseCode = "200",
            description = "The live sessions.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/SessionList")))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant, @Body ListSessionsRequest request) {
        return sessions.list(tenant.name(), new UserId(request.userId()), deadlines.next())
                .thenApply(SessionResponseMapper::toList);
    }
}
