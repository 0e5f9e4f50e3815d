package dev.gatehouse.idempotency.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.idempotency.ClaimOutcome;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.Completion;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.idempotency.Extension;
import dev.gatehouse.idempotency.Extension.Extended;
import dev.gatehouse.idempotency.Inspection;
import dev.gatehouse.idempotency.Invalidated;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.Release;
import dev.gatehouse.idempotency.Release.Released;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.SourceHeader;
import dev.gatehouse.web.Timestamp;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import java.time.Duration;
import java.util.function.BiFunction;

/** What the claims answer, as status, headers and body. */
final class ClaimResponse {

    private static final String REPLAYED = "Idempotent-Replayed";

    private ClaimResponse() {}

    static HttpResponse<?> toClaim(Owner owner, Decision<ClaimOutcome> answer) {
        if (answer instanceof Unavailable<ClaimOutcome>(var retryAfter)) {
            return Problem.storeUnavailable(retryAfter)
                    .withDetail(
                            "Whether the work was claimed is not known. It is safe to ask again with this owner: if "
                                    + "it was, the same claim is told.")
                    .with("owner", owner.token())
                    .response();
        }
        return told(answer, "", (outcome, degraded) -> switch (outcome) {
            case Claimed claimed -> HttpResponse.created(ClaimedAnswer.of(owner, claimed, degraded));
            case Completed completed ->
                HttpResponse.ok(ReplayedAnswer.of(completed, degraded)).header(REPLAYED, "true");
            case InFlight inFlight ->
                inFlight(inFlight).with("degraded", degraded).response();
            case KeyReused _ -> reused().with("degraded", degraded).response();
        });
    }

    private static Problem inFlight(InFlight inFlight) {
        return Problem.of(
                        "idempotency-in-flight",
                        "The work is in flight",
                        409,
                        "Somebody else is at it. Ask again later for its result.")
                .with("claimedAt", new Timestamp(inFlight.claimedAt()).toString())
                .with("claimedBy", inFlight.claimedBy())
                .with("leaseExpiresAt", new Timestamp(inFlight.leaseEnds()).toString())
                .withRetryAfter(inFlight.retryAfter());
    }

    private static Problem reused() {
        return Problem.of(
                "idempotency-key-reused",
                "The key was used for other work",
                422,
                "Its fingerprint is another. Give each piece of work a key of its own.");
    }

    static HttpResponse<?> toComplete(Decision<Completion> answer) {
        return told(
                answer,
                "Whether the result is kept is not known. It is safe to ask again.",
                (completion, degraded) -> switch (completion) {
                    case Recorded recorded -> HttpResponse.ok(RecordedAnswer.of(recorded, degraded));
                    case Completion.Lost _ ->
                        lost(
                                "It was taken over, released, invalidated or forgotten: the work may be done twice.",
                                degraded);
                });
    }

    static HttpResponse<?> toRelease(Decision<Release> answer) {
        return told(
                answer,
                "Whether the claim was released is not known. It is safe to ask again; if nobody does, it ends with "
                        + "its lease.",
                (release, degraded) -> switch (release) {
                    case Released _ -> HttpResponse.noContent();
                    case Release.Lost _ -> lost("The work is done, or another's by now.", degraded);
                });
    }

    static HttpResponse<?> toExtend(Decision<Extension> answer) {
        return told(
                answer,
                "Whether the lease was extended is not known. It is safe to ask again.",
                (extension, degraded) -> switch (extension) {
                    case Extended(var ends) ->
                        HttpResponse.ok(new ExtendedAnswer(new Timestamp(ends).toString(), degraded));
                    case Extension.Lost _ ->
                        lost("The work is done, or was taken over, released or forgotten.", degraded);
                });
    }

    static HttpResponse<?> toInspect(Decision<Inspection> answer) {
        return told(
                answer,
                "What is known of the key cannot be told now. It is safe to ask again.",
                (inspection, degraded) -> switch (inspection) {
                    case Inspection.Absent _ ->
                        Problem.of(
                                        "idempotency-key-unknown",
                                        "Nothing is known of the key",
                                        404,
                                        "It was not claimed, or was released, invalidated or forgotten.")
                                .with("degraded", degraded)
                                .response();
                    case Inspection.InFlight inFlight -> HttpResponse.ok(InspectedAnswer.of(inFlight, degraded));
                    case Inspection.Completed completed -> HttpResponse.ok(InspectedAnswer.of(completed, degraded));
                });
    }

    static HttpResponse<?> toInvalidate(Decision<Invalidated> answer) {
        return told(
                answer,
                "Whether the key was forgotten is not known. It is safe to ask again.",
                (_, _) -> HttpResponse.noContent());
    }

    private static MutableHttpResponse<Problem> lost(String detail, boolean degraded) {
        return Problem.of("lease-lost", "The claim is not held", 409, detail)
                .with("degraded", degraded)
                .response();
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
