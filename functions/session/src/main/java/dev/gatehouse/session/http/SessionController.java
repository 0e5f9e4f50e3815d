package dev.gatehouse.session.http;

import dev.gatehouse.session.Grace;
import dev.gatehouse.session.Sessions;
import dev.gatehouse.session.Touch;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.Deadlines;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.ProblemSchema;
import dev.gatehouse.web.openapi.SafeToAskAgain;
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
@Controller("/v1/sessions")
@Tag(name = "Sessions", description = "Whose session is it?")
@SafeToAskAgain
public class SessionController {

    /** Matches malformed ids too; they do not identify any session. */
    private static final String ID = "/{id:[^/]+}";

    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final Sessions sessions;
    private final Deadlines deadlines;

    SessionController(Sessions sessions, Deadlines deadlines) {
        this.sessions = sessions;
        this.deadlines = deadlines;
    }

    @Post
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createSession",
            summary = "Create a session of a user",
            description = "The token is returned here and by rotation only. Redis stores a digest of it.")
    @ApiResponse(
            responseCode = "201",
            description = "The session was created.",
            headers = {
                @Header(
                        name = "ETag",
                        description = "The version of the session, for If-Match.",
                        schema = @Schema(type = "string", example = "\"1\"")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = SessionTokenResponse.class)))
    @ApiResponse(
            responseCode = "409",
            description = "The user has maxSessions sessions and onLimit is reject: problem session-limit.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> create(
            @Parameter(hidden = true) Tenant tenant, @Body CreateSessionRequest request) {
        var session = request.toSessionRequest();
        return sessions.create(tenant.name(), session, deadlines.next())
                .thenApply(decision -> SessionResponseMapper.toCreate(session.token(), decision));
    }

    @Post("/lookup")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "lookupSession",
            summary = "Look up the session of a token",
            description =
                    "Without Redis, a session that this process saw within the last minute is answered from memory, "
                            + "unless that is turned off.")
    @ApiResponse(
            responseCode = "200",
            description = "The session.",
            headers = {
                @Header(
                        name = "ETag",
                        description = "The version of the session, for If-Match.",
                        schema = @Schema(type = "string", example = "\"1\"")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = SessionFoundResponse.class)))
    @InvalidSessionToken
    @BodyProblems
    public CompletionStage<HttpResponse<?>> lookup(
            @Parameter(hidden = true) Tenant tenant, @Body LookupSessionRequest request) {
        var token = TokenText.parse(request.token());
        return sessions.lookup(tenant.name(), token, request.touch() ? Touch.TOUCH : Touch.LOOK, deadlines.next())
                .thenApply(SessionResponseMapper::toLookup);
    }

    @Patch(ID)
    @Consumes({MERGE_PATCH, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchSession",
            summary = "Change a session's attributes",
            description = "Applies a JSON Merge Patch. Does not count as use of the session.")
    @Parameter(
            name = HttpHeaders.IF_MATCH,
            in = ParameterIn.HEADER,
            description = "The version to change, in quotes, as in ETag.",
            schema = @Schema(type = "string"))
    @ApiResponse(
            responseCode = "200",
            description = "The session.",
            headers = {
                @Header(
                        name = "ETag",
                        description = "The version of the session, for If-Match.",
                        schema = @Schema(type = "string", example = "\"1\"")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = SessionFoundResponse.class)))
    @ApiResponse(
            responseCode = "404",
            description = "No live session has that id: problem session-unknown.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @ApiResponse(
            responseCode = "412",
            description = "The session has another version than If-Match: problem session-changed.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = SessionChangedProblem.class)))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> patch(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> http,
            @Parameter(description = "The session's id.", example = TokenText.EXAMPLE_ID) @PathVariable String id,
            @Body PatchSessionRequest request) {
        var version = IfMatch.parse(http.getHeaders().getAll(HttpHeaders.IF_MATCH));
        return sessions.patch(tenant.name(), TokenText.parseId(id), request.patch(), version, deadlines.next())
                .thenApply(SessionResponseMapper::toPatch);
    }

    @Post("/rotate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "rotateSession",
            summary = "Replace the token of a session",
            description =
                    "To be done whenever the user gains rights. Within the grace period the old token stays valid, and "
                            + "rotating it again returns the same successor. The timeouts are kept.")
    @ApiResponse(
            responseCode = "200",
            description = "The session has a new token.",
            headers = {
                @Header(
                        name = "ETag",
                        description = "The version of the session, for If-Match.",
                        schema = @Schema(type = "string", example = "\"1\"")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = SessionTokenResponse.class)))
    @InvalidSessionToken
    @BodyProblems
    public CompletionStage<HttpResponse<?>> rotate(
            @Parameter(hidden = true) Tenant tenant, @Body RotateSessionRequest request) {
        var grace = new Grace(request.graceSeconds());
        return sessions.rotate(tenant.name(), TokenText.parse(request.token()), grace, deadlines.next())
                .thenApply(SessionResponseMapper::toRotate);
    }

    @Delete(ID)
    @Consumes(MediaType.ALL)
    @Operation(
            operationId = "revokeSession",
            summary = "End a session",
            description = "The response is the same if there was none.")
    @ApiResponse(
            responseCode = "204",
            description = "The session does not exist any more.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @CallerProblems
    public CompletionStage<HttpResponse<?>> revoke(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = "The session's id.", example = TokenText.EXAMPLE_ID) @PathVariable String id) {
        return sessions.revoke(tenant.name(), TokenText.parseId(id), deadlines.next())
                .thenApply(SessionResponseMapper::toRevoke);
    }

    @Post("/revoke-user")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "revokeUser",
            summary = "End all sessions of a user, or all but one",
            description = "Safe to repeat: only sessions created since are ended by it.")
    @ApiResponse(
            responseCode = "200",
            description = "The sessions were ended.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = SessionsRevokedResponse.class)))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> revokeUser(
            @Parameter(hidden = true) Tenant tenant, @Body RevokeUserRequest request) {
        return sessions.revokeAll(tenant.name(), new UserId(request.userId()), request.except(), deadlines.next())
                .thenApply(SessionResponseMapper::toRevokeUser);
    }

    @Post("/list")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "listSessions",
            summary = "List the sessions of a user, newest first",
            description = "Without tokens. Does not count as use of the sessions.")
    @ApiResponse(
            responseCode = "200",
            description = "The live sessions.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = SessionListResponse.class)))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant, @Body ListSessionsRequest request) {
        return sessions.list(tenant.name(), new UserId(request.userId()), deadlines.next())
                .thenApply(SessionResponseMapper::toList);
    }
}
