// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import dev.gatehouse.apikeys.Issuance;
import dev.gatehouse.apikeys.Issuance.Issued;
import dev.gatehouse.apikeys.IssuedKey;
import dev.gatehouse.apikeys.IssuedKeyStore;
import dev.gatehouse.apikeys.KeySecret;
import dev.gatehouse.apikeys.KeyVerifier;
import dev.gatehouse.apikeys.Verification.Invalid;
import dev.gatehouse.apikeys.Verification.ScopeMissing;
import dev.gatehouse.apikeys.Verification.Valid;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.http.LimitResponse;
import dev.gatehouse.ratelimit.http.QuotaExceeded;
import dev.gatehouse.ratelimit.http.QuotaHeaders;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.json.JsonObject;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.json.JsonMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Maps outcomes of API keys to status, headers and body. */
@Singleton
final class KeyResponseMapper {

    /** A separate scheme: the API key of the caller of Gatehouse was valid. */
    private static final String CHALLENGE = "Key realm=\"gatehouse\"";

    private final JsonMapper json;

    KeyResponseMapper(JsonMapper json) {
        this.json = json;
    }

    /** @param secret null for an imported key */
    HttpResponse<?> toIssue(@Nullable KeySecret secret, Decision<Issuance> decision) {
        return map(
                decision,
                "Whether a key was issued is unknown. It is safe to repeat: nobody has the text of a key that was issued; "
                        + "the list shows it.",
                (issuance, degraded) -> switch (issuance) {
                    case Issued(var key) -> created(secret, key, degraded);
                    case Issuance.LimitReached _ ->
                        Problem.of(
                                        "key-limit",
                                        "Key limit reached",
                                        409,
                                        "The owner has the maximum of %d keys.".formatted(IssuedKeyStore.MAX_KEYS))
                                .with("degraded", degraded)
                                .response();
                    case Issuance.DigestTaken _ ->
                        Problem.of("key-exists", "Conflict", 409, "Another owner has a live key with this digest.")
                                .with("degraded", degraded)
                                .response();
                    case Issuance.Absent _ -> unknown(degraded);
                });
    }

    private static MutableHttpResponse<?> created(@Nullable KeySecret secret, IssuedKey key, boolean degraded) {
        var text = secret == null ? null : key.prefix().map(secret::text).orElse(null);
        return body(
                HttpStatus.CREATED,
                new JsonObject()
                        .withJson("key", text == null ? "null" : JsonObject.quoted(text))
                        .withJson("apiKey", KeyDetailsJson.of(key))
                        .with("degraded", degraded));
    }

    HttpResponse<?> toVerify(Decision<KeyVerifier.Result> decision) {
        return map(
                decision,
                "The key cannot be verified now. The limits may have been charged all the same.",
                (result, degraded) -> switch (result.verification()) {
                    case Valid(var key) -> verified(key, result, degraded);
                    case ScopeMissing(var _, var missing) ->
                        Problem.of("scope-missing", "Forbidden", 403, "The key lacks a required scope.")
                                .with("missing", List.copyOf(missing))
                                .with("degraded", degraded)
                                .response();
                    case Invalid _ ->
                        Problem.of(
                                        "key-invalid",
                                        "Unauthorized",
                                        401,
                                        "The key is unknown, misspelt or expired, or was revoked.")
                                .with("degraded", degraded)
                                .withHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE)
                                .response();
                });
    }

    private MutableHttpResponse<?> verified(IssuedKey key, KeyVerifier.Result result, boolean degraded) {
        var check = result.check();
        var decision = result.decision();
        List<LimitResponse> limits = check == null ? List.of() : LimitResponse.ofAll(check.limits(), decision.limits());
        var checked = check == null ? CheckedLimits.NONE : CheckedLimits.of(check, decision);
        var response = decision.allowed()
                ? body(
                        HttpStatus.OK,
                        new JsonObject()
                                .withJson("apiKey", KeyDetailsJson.of(key))
                                .withJson("limits", text(limits))
                                .with("degraded", degraded))
                : QuotaExceeded.by(checked).problem(limits, degraded).response();
        QuotaHeaders.of(checked).writeTo(response.getHeaders());
        return response;
    }

    private String text(List<LimitResponse> limits) {
        try {
            return limits.isEmpty() ? "[]" : json.writeValueAsString(limits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse<?> toPatch(Decision<Optional<IssuedKey>> decision) {
        return map(
                decision,
                "Whether the key was changed is unknown. It is safe to repeat.",
                (patched, degraded) -> patched.isEmpty()
                        ? unknown(degraded)
                        : body(
                                HttpStatus.OK,
                                new JsonObject()
                                        .withJson("apiKey", KeyDetailsJson.of(patched.get()))
                                        .with("degraded", degraded)));
    }

    private static MutableHttpResponse<?> unknown(boolean degraded) {
        return Problem.of("key-unknown", "Not Found", 404, "The key was never issued, or has ended.")
                .with("degraded", degraded)
                .response();
    }

    HttpResponse<?> toRevoke(Decision<Boolean> decision) {
        return map(
                decision,
                "Whether the key was revoked is unknown. It is safe to repeat.",
                (_, _) -> HttpResponse.noContent());
    }

    HttpResponse<?> toList(Decision<List<IssuedKey>> decision) {
        return map(
                decision,
                "The keys cannot be listed now. It is safe to repeat.",
                (keys, degraded) -> body(
                        HttpStatus.OK,
                        new JsonObject()
                                .withJson(
                                        "apiKeys",
                                        keys.stream()
                                                .map(KeyDetailsJson::of)
                                                .collect(Collectors.joining(",", "[", "]")))
                                .with("degraded", degraded)));
    }

    private static MutableHttpResponse<?> body(HttpStatus status, JsonObject body) {
        return HttpResponse.status(status).body(body.text()).contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    private static <T> HttpResponse<?> map(
            Decision<T> decision, String unknown, BiFunction<T, Boolean, MutableHttpResponse<?>> response) {
        return DecisionResponse.of(decision, unknown, made -> response.apply(made.value(), made.degraded()));
    }
}
