// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.state.BatchOutcome;
import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.BatchOutcome.NoneSaved;
import dev.gatehouse.state.DeleteOutcome;
import dev.gatehouse.state.DeleteOutcome.Deleted;
import dev.gatehouse.state.ReadOutcome;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateClaimOutcome;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StatePage;
import dev.gatehouse.state.StateValue;
import dev.gatehouse.state.WriteOutcome;
import dev.gatehouse.state.WriteOutcome.Refusal;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.state.WriteOutcome.TooLarge;
import dev.gatehouse.state.WriteOutcome.VersionMismatch;
import dev.gatehouse.state.WriteOutcome.WriterHeld;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Timestamp;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** Maps outcomes of states to status, headers and body. */
final class StateResponseMapper {

    private StateResponseMapper() {}

    static HttpResponse<?> toRead(Decision<ReadOutcome> decision) {
        return DecisionResponse.of(
                decision, "The state cannot be read now. It is safe to repeat.", decided -> switch (decided.value()) {
                    case Found found -> ok(StateJson.of(found, decided.degraded()));
                    case Unchanged unchanged -> ok(StateJson.of(unchanged, decided.degraded()));
                    case Unknown _ ->
                        Problem.of("state-unknown", "Not Found", 404, "There is no state of this id, or it has ended.")
                                .with("degraded", decided.degraded())
                                .response();
                });
    }

    static HttpResponse<?> toWrite(String saveId, Decision<WriteOutcome> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "Whether the state was saved is unknown. It is safe to repeat with this saveId: if it was, "
                                        + "the response is the first one.")
                        .with("saveId", saveId),
                decided -> switch (decided.value()) {
                    case Saved saved -> {
                        var body = StateJson.of(saved, saveId, decided.degraded());
                        yield saved.created()
                                ? HttpResponse.created(body).contentType(MediaType.APPLICATION_JSON_TYPE)
                                : ok(body);
                    }
                    case Refusal refusal -> problem(refusal, decided.degraded()).response();
                    case TooLarge _ -> tooLarge(decided.degraded()).response();
                });
    }

    /** @param saveIds the ids of the writes, in their order */
    static HttpResponse<?> toWriteAll(List<String> saveIds, Decision<BatchOutcome> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "Whether the states were saved is unknown. It is safe to repeat with these "
                                        + "saveIds: if they were, the response is the first one.")
                        .with("saveIds", saveIds),
                decided -> switch (decided.value()) {
                    case AllSaved all -> ok(StateJson.of(all, saveIds, decided.degraded()));
                    case NoneSaved(var index, var outcome) ->
                        switch (outcome) {
                            case Refusal refusal ->
                                problem(refusal, decided.degraded())
                                        .with("index", index)
                                        .response();
                            case TooLarge _ ->
                                tooLarge(decided.degraded())
                                        .with("index", index)
                                        .response();
                            case Saved _ -> throw new AssertionError("a saved state refuses no batch");
                        };
                });
    }

    static HttpResponse<?> toClaim(String owner, Decision<StateClaimOutcome> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "Whether the state was claimed is unknown. It is safe to repeat with this "
                                        + "owner: if it was, the response has the same fence.")
                        .with("owner", owner),
                decided -> switch (decided.value()) {
                    case Claimed claimed ->
                        HttpResponse.created(StateJson.of(owner, claimed, decided.degraded()))
                                .contentType(MediaType.APPLICATION_JSON_TYPE);
                    case WriterHeld held -> problem(held, decided.degraded()).response();
                });
    }

    static HttpResponse<?> toExtend(Decision<OwnerOutcome<Instant>> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the lease was extended is unknown. It is safe to repeat.",
                decided -> switch (decided.value()) {
                    case Held<Instant>(var leaseEnds) -> ok(StateJson.of(leaseEnds, decided.degraded()));
                    case Lost<Instant> _ ->
                        problem(new WriterLost(), decided.degraded()).response();
                });
    }

    /** Responds with 204 also if the claim is lost, because a lost claim keeps nobody out. */
    static HttpResponse<?> toRelease(Decision<OwnerOutcome<Boolean>> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the claim was released is unknown. It is safe to repeat; otherwise the claim ends with its lease.",
                _ -> HttpResponse.noContent());
    }

    static HttpResponse<?> toDelete(Decision<DeleteOutcome> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the state was deleted is unknown. It is safe to repeat.",
                decided -> switch (decided.value()) {
                    case Deleted _ -> HttpResponse.noContent();
                    case Refusal refusal -> problem(refusal, decided.degraded()).response();
                });
    }

    static HttpResponse<?> toList(Decision<StatePage> decision) {
        return DecisionResponse.of(
                decision,
                "The states cannot be listed now. It is safe to repeat.",
                decided -> ok(StateJson.of(decided.value(), decided.degraded())));
    }

    private static Problem problem(Refusal refusal, boolean degraded) {
        var problem =
                switch (refusal) {
                    case VersionMismatch(var present) -> mismatch(present);
                    case WriterHeld(var writer, var retryAfter) ->
                        Problem.of(
                                        "writer-held",
                                        "State claimed",
                                        409,
                                        "Another writer has claimed the state. Retry later, or take over.")
                                .with("heldBy", writer.heldBy())
                                .with("leaseExpiresAt", new Timestamp(writer.leaseEnds()).toString())
                                .withRetryAfter(retryAfter);
                    case WriterLost _ ->
                        Problem.of(
                                "writer-lost",
                                "Claim lost",
                                409,
                                "The claim of this fence was released or taken over. This writer must stop.");
                };
        return problem.with("degraded", degraded);
    }

    private static Problem mismatch(OptionalLong present) {
        return Problem.of(
                        "version-mismatch",
                        "Version mismatch",
                        412,
                        present.isPresent()
                                ? "The state has another version. Read it, and decide again."
                                : "There is no state, and an expected version creates none.")
                .with("version", present.isPresent() ? present.getAsLong() : null);
    }

    private static Problem tooLarge(boolean degraded) {
        return Problem.of(
                        "state-too-large",
                        "Content Too Large",
                        413,
                        "The merged state would exceed " + StateValue.MAX_BYTES / 1024 + " KiB. Nothing was changed.")
                .with("degraded", degraded);
    }

    private static MutableHttpResponse<?> ok(String body) {
        return HttpResponse.ok(body).contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}
