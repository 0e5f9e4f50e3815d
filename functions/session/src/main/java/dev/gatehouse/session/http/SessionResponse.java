package dev.gatehouse.session.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Creation;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Creation.LimitReached;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching;
import dev.gatehouse.session.Patching.Absent;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.Patching.VersionDiffers;
import dev.gatehouse.session.Revoked;
import dev.gatehouse.session.Rotation;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.SourceHeader;
import dev.gatehouse.web.Violation;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;

/** What the sessions answer, as status, headers and body. */
final class SessionResponse {

    /** Of a scheme of its own: the API key was right, and nobody should ask for another. */
    static final String CHALLENGE = "Session realm=\"gatehouse\"";

    private SessionResponse() {}

    static HttpResponse<?> toCreate(SessionToken token, Decision<Creation> answer) {
        return told(
                answer,
                "Whether a session was created is not known. It is safe to ask again: nobody has the token of one that "
                        + "was, and it ends when it has been idle.",
                (creation, degraded) -> switch (creation) {
                    case Created(var session, int _) ->
                        told(
                                HttpStatus.CREATED,
                                TokenAnswer.of(token, session, degraded).json(),
                                session);
                    case LimitReached _ ->
                        Problem.of(
                                        "session-limit",
                                        "The user has all the sessions there may be",
                                        409,
                                        "Another can be created when one has ended.")
                                .with("degraded", degraded)
                                .response();
                    case Creation.TooLarge _ -> tooLarge(degraded);
                });
    }

    static HttpResponse<?> toLookup(Decision<Lookup> answer) {
        return told(
                answer,
                "Whether the token opens a session cannot be told now. It is safe to ask again.",
                (lookup, degraded) -> switch (lookup) {
                    case Found(var session) -> told(session, degraded);
                    case Lookup.Invalid _ -> invalid(degraded);
                });
    }

    static HttpResponse<?> toPatch(Decision<Patching> answer) {
        return told(
                answer,
                "Whether the attributes were changed is not known. It is safe to ask again; with If-Match, 412 may "
                        + "then say that they were.",
                (patching, degraded) -> switch (patching) {
                    case Patched(var session) -> told(session, degraded);
                    case Absent _ ->
                        Problem.of(
                                        "session-unknown",
                                        "There is no such session",
                                        404,
                                        "It was never created, or has ended.")
                                .with("degraded", degraded)
                                .response();
                    case VersionDiffers(long version) ->
                        Problem.of(
                                        "session-changed",
                                        "The session is at another version",
                                        412,
                                        "It is not at the version of If-Match, and was not changed.")
                                .with("version", version)
                                .with("degraded", degraded)
                                .response();
                    case Patching.TooLarge _ -> tooLarge(degraded);
                });
    }

    static HttpResponse<?> toRotate(Decision<Rotation> answer) {
        return told(
                answer,
                "Whether the token was exchanged is not known. It is safe to ask again with it while its grace lasts: "
                        + "if it was, the same successor is told.",
                (rotation, degraded) -> switch (rotation) {
                    case Rotated(var session, var token) ->
                        told(
                                HttpStatus.OK,
                                TokenAnswer.of(token, session, degraded).json(),
                                session);
                    case Rotation.Invalid _ -> invalid(degraded);
                });
    }

    static HttpResponse<?> toRevoke(Decision<Revoked> answer) {
        return told(
                answer,
                "Whether the session has ended is not known. It is safe to ask again.",
                (_, _) -> HttpResponse.noContent());
    }

    static HttpResponse<?> toRevokeUser(Decision<Revoked> answer) {
        return told(
                answer,
                "Whether the sessions have ended is not known. It is safe to ask again.",
                (revoked, degraded) -> HttpResponse.ok(new RevokedAnswer(revoked.sessions(), degraded)));
    }

    static HttpResponse<?> toList(Decision<List<Session>> answer) {
        return told(
                answer,
                "The sessions cannot be told now. It is safe to ask again.",
                (sessions, degraded) -> json(
                        HttpStatus.OK, SessionsAnswer.of(sessions, degraded).json()));
    }

    /** One and the same, whatever is wrong with the token. */
    private static MutableHttpResponse<?> invalid(boolean degraded) {
        return Problem.of(
                        "session-invalid",
                        "The token opens no session",
                        401,
                        "It was never given out, or its session has ended. Its user must begin another.")
                .with("degraded", degraded)
                .withHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE)
                .response();
    }

    private static MutableHttpResponse<?> tooLarge(boolean degraded) {
        return Problem.invalidRequest(List.of(new Violation(
                        "attributes", "must take at most " + Attributes.MAX_BYTES + " bytes together with the device")))
                .with("degraded", degraded)
                .response();
    }

    private static MutableHttpResponse<?> told(Session session, boolean degraded) {
        return told(HttpStatus.OK, SessionAnswer.of(session, degraded).json(), session);
    }

    /** The session's version is its entity tag, as {@link IfMatch} takes it. */
    private static MutableHttpResponse<?> told(HttpStatus status, String json, Session session) {
        return json(status, json).header(HttpHeaders.ETAG, "\"" + session.version() + "\"");
    }

    private static MutableHttpResponse<?> json(HttpStatus status, String json) {
        return HttpResponse.status(status).body(json).contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    private static <T> HttpResponse<?> told(
            Decision<T> answer, String unknown, BiFunction<T, Boolean, MutableHttpResponse<?>> telling) {
        return switch (answer) {
            case Decided<T>(var decision, var source) ->
                new SourceHeader(source).on(telling.apply(decision, source == Source.LOCAL));
            case Unavailable<T>(Duration retryAfter) ->
                Problem.storeUnavailable(retryAfter).withDetail(unknown).response();
        };
    }
}
