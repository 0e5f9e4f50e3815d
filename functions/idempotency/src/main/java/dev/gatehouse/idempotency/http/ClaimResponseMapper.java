// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Completion;
import dev.gatehouse.idempotency.Inspection;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Timestamp;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Maps outcomes of claims to status, headers and body. */
final class ClaimResponseMapper {

    private static final String REPLAYED = "Idempotent-Replayed";

    private ClaimResponseMapper() {}

    static HttpResponse<?> toClaim(Owner owner, Decision<ClaimOutcome> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "Whether the work was claimed is unknown. It is safe to repeat with this owner: if it "
                                        + "was, the response has the same claim.")
                        .with("owner", owner.token()),
                decided -> switch (decided.value()) {
                    case Claimed claimed ->
                        HttpResponse.created(ClaimGrantedResponse.of(owner, claimed, decided.degraded()));
                    case Completed completed ->
                        HttpResponse.ok(ClaimCompletedResponse.of(completed, decided.degraded()))
                                .header(REPLAYED, "true");
                    case InFlight inFlight ->
                        inFlight(inFlight).with("degraded", decided.degraded()).response();
                    case KeyReused _ ->
                        reused().with("degraded", decided.degraded()).response();
                });
    }

    /** Responds with the results of several claims; with 503 if none has a decision. */
    static HttpResponse<?> toClaims(
            JsonMapper json, List<ClaimRequest> requests, List<Decision<ClaimOutcome>> decisions) {
        var results = IntStream.range(0, requests.size())
                .mapToObj(i -> result(json, toClaim(requests.get(i).claim().owner(), decisions.get(i))))
                .toList();
        var sources = decisions.stream()
                .flatMap(decision -> decision instanceof Decided<ClaimOutcome>(var _, var source)
                        ? Stream.of(source)
                        : Stream.empty())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Source.class)));
        Decision<List<Map<String, Object>>> combined = sources.isEmpty()
                ? new Unavailable<>(Duration.ofSeconds(1))
                : new Decided<>(results, Collections.max(sources));
        return DecisionResponse.of(
                combined,
                problem -> problem.withDetail(
                                "Whether the works were claimed is unknown. It is safe to repeat each with the "
                                        + "owner of its result.")
                        .with("results", results),
                decided -> HttpResponse.ok(new ClaimResultsResponse(decided.value())));
    }

    /** Returns the members of the response to one claim, with its status and {@code Retry-After}. */
    private static Map<String, Object> result(JsonMapper json, HttpResponse<?> response) {
        var members = new LinkedHashMap<String, Object>();
        members.put("status", response.code());
        response.getHeaders()
                .findInt(HttpHeaders.RETRY_AFTER)
                .ifPresent(seconds -> members.put("retryAfterSeconds", seconds));
        try {
            json.writeValueToTree(response.body())
                    .entries()
                    .forEach(member -> members.put(
                            member.getKey(),
                            Objects.requireNonNull(member.getValue().getValue())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return members;
    }

    private static Problem inFlight(InFlight inFlight) {
        return Problem.of(
                        "idempotency-in-flight",
                        "Request in progress",
                        409,
                        "Another claimant does the work. Retry later for its result.")
                .with("claimedAt", new Timestamp(inFlight.claimedAt()).toString())
                .with("claimedBy", inFlight.claimedBy())
                .with("leaseExpiresAt", new Timestamp(inFlight.leaseEnds()).toString())
                .withRetryAfter(inFlight.retryAfter());
    }

    private static Problem reused() {
        return Problem.of(
                "idempotency-key-reused",
                "Idempotency key reused",
                422,
                "The key was used with another fingerprint. Use a new key for other work.");
    }

    static HttpResponse<?> toComplete(Decision<OwnerOutcome<Completion>> decision) {
        return mapOwned(
                decision,
                "Whether the result was stored is unknown. It is safe to repeat.",
                "The claim was taken over, released, invalidated or has expired: the work may be done twice.",
                (completion, degraded) -> HttpResponse.ok(CompletionRecordedResponse.of(completion, degraded)));
    }

    static HttpResponse<?> toRelease(Decision<OwnerOutcome<Boolean>> decision) {
        return mapOwned(
                decision,
                "Whether the claim was released is unknown. It is safe to repeat; otherwise the claim ends with its "
                        + "lease.",
                "The work is completed, or claimed by another.",
                (_, _) -> HttpResponse.noContent());
    }

    static HttpResponse<?> toExtend(Decision<OwnerOutcome<Instant>> decision) {
        return mapOwned(
                decision,
                "Whether the lease was extended is unknown. It is safe to repeat.",
                "The work is completed, or the claim was taken over, released or has expired.",
                (leaseEnds, degraded) ->
                        HttpResponse.ok(new ClaimExtendedResponse(new Timestamp(leaseEnds).toString(), degraded)));
    }

    static HttpResponse<?> toInspect(Decision<Inspection> decision) {
        return map(
                decision,
                "The key cannot be inspected now. It is safe to repeat.",
                (inspection, degraded) -> switch (inspection) {
                    case Inspection.Absent _ ->
                        Problem.of(
                                        "idempotency-key-unknown",
                                        "Not Found",
                                        404,
                                        "The key was not claimed, or was released, invalidated or has expired.")
                                .with("degraded", degraded)
                                .response();
                    case Inspection.InFlight inFlight -> HttpResponse.ok(ClaimStateResponse.of(inFlight, degraded));
                    case Completed completed -> HttpResponse.ok(ClaimStateResponse.of(completed, degraded));
                });
    }

    static HttpResponse<?> toInvalidate(Decision<Boolean> decision) {
        return map(
                decision,
                "Whether the key was invalidated is unknown. It is safe to repeat.",
                (_, _) -> HttpResponse.noContent());
    }

    private static <T> HttpResponse<?> mapOwned(
            Decision<OwnerOutcome<T>> decision,
            String unknown,
            String lost,
            BiFunction<T, Boolean, MutableHttpResponse<?>> held) {
        return map(decision, unknown, (outcome, degraded) -> switch (outcome) {
            case Held<T>(var result) -> held.apply(result, degraded);
            case Lost<T> _ ->
                Problem.of("lease-lost", "Lease lost", 409, lost)
                        .with("degraded", degraded)
                        .response();
        });
    }

    private static <T> HttpResponse<?> map(
            Decision<T> decision, String unknown, BiFunction<T, Boolean, MutableHttpResponse<?>> response) {
        return DecisionResponse.of(decision, unknown, decided -> response.apply(decided.value(), decided.degraded()));
    }
}
