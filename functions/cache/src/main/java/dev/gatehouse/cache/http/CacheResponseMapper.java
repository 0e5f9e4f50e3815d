// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import dev.gatehouse.cache.FillOutcome;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.FillOutcome.Reason;
import dev.gatehouse.cache.FillOutcome.Unstored;
import dev.gatehouse.cache.LoadOwner;
import dev.gatehouse.cache.LookupOutcome;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Maps outcomes of the cache to status, headers and body. */
final class CacheResponseMapper {

    private CacheResponseMapper() {}

    /** Responds with all entries; with 503 if one has no decision. */
    static HttpResponse<?> toLookup(LoadOwner owner, List<Decision<LookupOutcome>> decisions) {
        return DecisionResponse.of(
                combined(decisions),
                problem -> problem.withDetail("Whether leases were granted is unknown. It is safe to repeat with this "
                                + "owner: if they were, the response has the same leases.")
                        .with("owner", owner.token()),
                decided -> json(CacheJson.of(decided.value(), decided.degraded())));
    }

    private static Decision<List<LookupOutcome>> combined(List<Decision<LookupOutcome>> decisions) {
        var outcomes = new ArrayList<LookupOutcome>();
        var source = Source.REDIS;
        for (var decision : decisions) {
            switch (decision) {
                case Decided<LookupOutcome>(var outcome, var from) -> {
                    outcomes.add(outcome);
                    source = from == Source.LOCAL ? from : source;
                }
                case Unavailable<LookupOutcome>(var retryAfter) -> {
                    return new Unavailable<>(retryAfter);
                }
            }
        }
        return new Decided<>(outcomes, source);
    }

    static HttpResponse<?> toFill(Decision<FillOutcome> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the value was stored is unknown. It is safe to repeat.",
                decided -> switch (decided.value()) {
                    case Filled filled -> json(CacheJson.of(filled, decided.degraded()));
                    case Unstored(var times) -> json(CacheJson.of(times, decided.degraded()));
                    case LeaseLost(var reason) -> leaseLost(reason, decided.degraded());
                });
    }

    private static MutableHttpResponse<?> leaseLost(Reason reason, boolean degraded) {
        var detail =
                switch (reason) {
                    case TAKEN -> "The lease ended, and another caller took it. The value was not stored.";
                    case INVALIDATED -> "The load began before an invalidation or a put. The value was not stored.";
                    case ENDED ->
                        "The lease was released, has ended long ago or was never granted. The value was not stored.";
                };
        return Problem.of("lease-lost", "Lease lost", 409, detail)
                .with("reason", reason.name().toLowerCase(Locale.ROOT))
                .with("degraded", degraded)
                .response();
    }

    static HttpResponse<?> toPut(Decision<Filled> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the value was stored is unknown. It is safe to repeat.",
                decided -> json(CacheJson.of(decided.value(), decided.degraded())));
    }

    static HttpResponse<?> toRelease(Decision<Boolean> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the lease was released is unknown. It is safe to repeat; otherwise the lease ends by itself.",
                _ -> HttpResponse.noContent());
    }

    static HttpResponse<?> toInvalidate(Decision<Boolean> decision) {
        return DecisionResponse.of(
                decision,
                "Whether all values were invalidated is unknown. It is safe to repeat.",
                _ -> HttpResponse.noContent());
    }

    private static MutableHttpResponse<?> json(String body) {
        return HttpResponse.ok(body).contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}
