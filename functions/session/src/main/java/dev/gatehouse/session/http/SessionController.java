package dev.gatehouse.session.http;

import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.Sessions;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.Deadlines;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.Violation;
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
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Whose session is it? */
@Controller("/v1/sessions")
@Tag(name = "Sessions", description = "Whose session is it?")
@SafeToAskAgain
public class SessionController {

    /** Whatever stands there: what is no id is the id of no session. */
    private static final String ID = "/{id:[^/]+}";

    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final Sessions sessions;
    private final Deadlines deadlines;

    SessionController(Sessions sessions, Deadlines deadlines) {
        this.sessions = sessions;
        this.deadlines = deadlines;
    }

    /** Begins a session. */
    @Post
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createSession",
            summary = "Begin a session of a user",
            description = "The token is told here and when it is rotated, and is in no store.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CreateBody.class)))
    @ApiResponse(
            responseCode = "201",
            description = "It has begun.",
            headers = {
                @Header(
                        name = "ETag",
                        description = "The session's version, as If-Match takes it.",
                        schema = @Schema(type = "string", example = "\"1\"")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = TokenAnswer.class)))
    @TooManySessions
    @BodyProblems
    public CompletionStage<HttpResponse<?>> create(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (CreateBody.read(body)) {
            case Read<SessionRequest>(var asked) ->
                sessions.create(tenant.name(), asked, deadlines.next())
                        .thenApply(answer -> SessionResponse.toCreate(asked.token(), answer));
            case Faulty<SessionRequest>(var violations) -> refused(violations);
        };
    }

    /** Finds the session that a token opens. */
    @Post("/lookup")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "lookupSession",
            summary = "Whose session is it?",
            description =
                    "While Redis does not answer, a session that was seen in the last minute is told from memory, "
                            + "unless that is turned off.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = LookupBody.class)))
    @SessionAnswer.Told
    @InvalidToken
    @BodyProblems
    public CompletionStage<HttpResponse<?>> lookup(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (LookupBody.read(body)) {
            case Read<LookupBody.Asking>(LookupBody.Asking(var token, var touch)) ->
                sessions.lookup(tenant.name(), token, touch, deadlines.next()).thenApply(SessionResponse::toLookup);
            case Faulty<LookupBody.Asking>(var violations) -> refused(violations);
        };
    }

    /** Changes a session's attributes. */
    @Patch(ID)
    @Consumes({MERGE_PATCH, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "patchSession",
            summary = "Change a session's attributes",
            description = "By a JSON Merge Patch. It is no use of the session, and does not put its end off.")
    @Parameter(
            name = IfMatch.HEADER,
            in = ParameterIn.HEADER,
            description = "The version that is to be changed, and no other; in quotes, as ETag tells it.",
            schema = @Schema(type = "string"))
    @RequestBody(
            required = true,
            content = {
                @Content(mediaType = MERGE_PATCH, schema = @Schema(implementation = PatchBody.class)),
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = PatchBody.class))
            })
    @SessionAnswer.Told
    @ApiResponse(
            responseCode = "404",
            description = "There is no live session of that id: problem session-unknown.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @ApiResponse(
            responseCode = "412",
            description = "It is at another version than If-Match says: problem session-changed.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = SessionChangedSchema.class)))
    @BodyProblems
    public CompletionStage<HttpResponse<?>> patch(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> request,
            @Parameter(description = "The session's id.", example = AskedToken.EXAMPLE_ID) @PathVariable String id,
            @Body byte @Nullable [] body) {
        return switch (PatchBody.read(body, request.getHeaders().getAll(HttpHeaders.IF_MATCH))) {
            case Read<PatchBody.Asking>(PatchBody.Asking(var patch, var version)) ->
                sessions.patch(tenant.name(), AskedToken.idOf(id), patch, version, deadlines.next())
                        .thenApply(SessionResponse::toPatch);
            case Faulty<PatchBody.Asking>(var violations) -> refused(violations);
        };
    }

    /** Exchanges a token for another. */
    @Post("/rotate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "rotateSession",
            summary = "Exchange a session's token",
            description =
                    "As should be done whenever its user gets more rights. Within the grace the old token opens the "
                            + "session still, and rotating it again gives the same successor. Deadlines are kept.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RotateBody.class)))
    @TokenAnswer.Rotated
    @InvalidToken
    @BodyProblems
    public CompletionStage<HttpResponse<?>> rotate(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (RotateBody.read(body)) {
            case Read<RotateBody.Asking>(RotateBody.Asking(var token, var grace)) ->
                sessions.rotate(tenant.name(), token, grace, deadlines.next()).thenApply(SessionResponse::toRotate);
            case Faulty<RotateBody.Asking>(var violations) -> refused(violations);
        };
    }

    /** Ends a session. */
    @Delete(ID)
    @Consumes(MediaType.ALL)
    @Operation(
            operationId = "revokeSession",
            summary = "End a session",
            description = "For good. The answer is the same where there was none.")
    @ApiResponse(
            responseCode = "204",
            description = "There is no such session.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @CallerProblems
    public CompletionStage<HttpResponse<?>> revoke(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = "The session's id.", example = AskedToken.EXAMPLE_ID) @PathVariable String id) {
        return sessions.revoke(tenant.name(), AskedToken.idOf(id), deadlines.next())
                .thenApply(SessionResponse::toRevoke);
    }

    /** Ends a user's sessions. */
    @Post("/revoke-user")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "revokeUser",
            summary = "End all sessions of a user, or all but one",
            description = "For good. Asking again ends none that was not begun since.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = RevokeUserBody.class)))
    @RevokedAnswer.Told
    @BodyProblems
    public CompletionStage<HttpResponse<?>> revokeUser(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (RevokeUserBody.read(body)) {
            case Read<RevokeUserBody.Asking>(RevokeUserBody.Asking(var user, var except)) ->
                sessions.revokeAll(tenant.name(), user, except, deadlines.next())
                        .thenApply(SessionResponse::toRevokeUser);
            case Faulty<RevokeUserBody.Asking>(var violations) -> refused(violations);
        };
    }

    /** Tells a user's sessions. */
    @Post("/list")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "listSessions",
            summary = "A user's sessions, the newest first",
            description = "Without their tokens. It is no use of any of them.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ListBody.class)))
    @SessionsAnswer.Told
    @BodyProblems
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (ListBody.read(body)) {
            case Read<UserId>(var user) ->
                sessions.list(tenant.name(), user, deadlines.next()).thenApply(SessionResponse::toList);
            case Faulty<UserId>(var violations) -> refused(violations);
        };
    }

    private static CompletionStage<HttpResponse<?>> refused(List<Violation> violations) {
        return CompletableFuture.completedStage(
                Problem.invalidRequest(violations).response());
    }
}
