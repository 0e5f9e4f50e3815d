// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.fallback.Decision;
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
import dev.gatehouse.session.Rotation;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.util.List;
import java.util.function.BiFunction;

/** Maps outcomes of sessions to status, headers and body. */
final class SessionResponseMapper {

    /** A separate scheme: the API key was valid, so the client needs no other. */
    static final String CHALLENGE = "Session realm=\"gatehouse\"";

    private SessionResponseMapper() {}

    static HttpResponse<?> toCreate(SessionToken token, Decision<Creation> decision) {
        return map(
                decision,
                "Whether a session was created is unknown. It is safe to repeat: nobody has the token of a session that "
                        + "was created, and it ends by its idle timeout.",
                (creation, degraded) -> switch (creation) {
                    case Created(var session, int _) ->
                        found(HttpStatus.CREATED, SessionJson.of(token, session, degraded), session);
                    case LimitReached _ ->
                        Problem.of(
                                        "session-limit",
                                        "Session limit reached",
                                        409,
                                        "The user has the maximum of sessions. Another can be created when one has ended.")
                                .with("degraded", degraded)
                                .response();
                    case Creation.TooLarge _ -> tooLarge(degraded);
                });
    }

    static HttpResponse<?> toLookup(Decision<Lookup> decision) {
        return map(
                decision,
                "The session cannot be looked up now. It is safe to repeat.",
                (lookup, degraded) -> switch (lookup) {
                    case Found(var session) -> found(session, degraded);
                    case Lookup.Invalid _ -> invalid(degraded).response();
                    case Lookup.Reused _ -> reused(degraded);
                });
    }

    static HttpResponse<?> toPatch(Decision<Patching> decision) {
        return map(
                decision,
                "Whether the attributes were changed is unknown. It is safe to repeat; with If-Match, 412 may then "
                        + "mean that they were.",
                (patching, degraded) -> switch (patching) {
                    case Patched(var session) -> found(session, degraded);
                    case Absent _ ->
                        Problem.of("session-unknown", "Not Found", 404, "The session was never created, or has ended.")
                                .with("degraded", degraded)
                                .response();
                    case VersionDiffers(long version) ->
                        Problem.of(
                                        "session-changed",
                                        "Precondition Failed",
                                        412,
                                        "The session has another version than If-Match and was not changed.")
                                .with("version", version)
                                .with("degraded", degraded)
                                .response();
                    case Patching.TooLarge _ -> tooLarge(degraded);
                });
    }

    static HttpResponse<?> toRotate(Decision<Rotation> decision) {
        return map(
                decision,
                "Whether the token was replaced is unknown. It is safe to repeat within the grace period: the response "
                        + "then has the same successor.",
                (rotation, degraded) -> switch (rotation) {
                    case Rotated(var session, var token) ->
                        found(HttpStatus.OK, SessionJson.of(token, session, degraded), session);
                    case Rotation.Invalid _ -> invalid(degraded).response();
                    case Rotation.Reused _ -> reused(degraded);
                });
    }

    static HttpResponse<?> toRevoke(Decision<Integer> decision) {
        return map(
                decision,
                "Whether the session was ended is unknown. It is safe to repeat.",
                (_, _) -> HttpResponse.noContent());
    }

    static HttpResponse<?> toRevokeUser(Decision<Integer> decision) {
        return map(
                decision,
                "Whether the sessions were ended is unknown. It is safe to repeat.",
                (revoked, degraded) -> HttpResponse.ok(new SessionsRevokedResponse(revoked, degraded)));
    }

    static HttpResponse<?> toList(Decision<List<Session>> decision) {
        return map(
                decision,
                "The sessions cannot be listed now. It is safe to repeat.",
                (sessions, degraded) -> json(HttpStatus.OK, SessionJson.of(sessions, degraded)));
    }

    /** Returns the same response for every kind of invalid token. */
    private static Problem invalid(boolean degraded) {
        return Problem.of(
                        "session-invalid",
                        "Unauthorized",
                        401,
                        "The token is unknown, or its session has ended. The user must sign in again.")
                .with("degraded", degraded)
                .withHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
    }

    /** Only telemetry distinguishes it: a thief must not learn that the theft was noticed. */
    private static MutableHttpResponse<?> reused(boolean degraded) {
        return invalid(degraded).responseReportedAs("session-token-reused");
    }

    private static MutableHttpResponse<?> tooLarge(boolean degraded) {
        return Problem.invalidRequest(List.of(new Violation(
                        "attributes", "must take at most " + Attributes.MAX_BYTES + " bytes together with the device")))
                .with("degraded", degraded)
                .response();
    }

    private static MutableHttpResponse<?> found(Session session, boolean degraded) {
        return found(HttpStatus.OK, SessionJson.of(session, degraded), session);
    }

    /** Returns the session with its version as entity tag; see {@link IfMatch}. */
    private static MutableHttpResponse<?> found(HttpStatus status, String json, Session session) {
        return json(status, json).header(HttpHeaders.ETAG, "\"" + session.version() + "\"");
    }

    private static MutableHttpResponse<?> json(HttpStatus status, String json) {
        return HttpResponse.status(status).body(json).contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    private static <T> HttpResponse<?> map(
            Decision<T> decision, String unknown, BiFunction<T, Boolean, MutableHttpResponse<?>> response) {
        return DecisionResponse.of(decision, unknown, decided -> response.apply(decided.value(), decided.degraded()));
    }
}
