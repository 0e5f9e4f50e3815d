package dev.gatehouse.cache.http;

import dev.gatehouse.cache.FillOutcome;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.FillOutcome.Reason;
import dev.gatehouse.cache.LoadOwner;
import dev.gatehouse.cache.LookupOutcome;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.SourceHeader;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** Maps outcomes of the cache to status, headers and body. */
final class CacheResponseMapper {

    private CacheResponseMapper() {}

    /** Responds with all entries; with 503 if one has no decision. */
    static HttpResponse<?> toLookup(LoadOwner owner, List<Decision<LookupOutcome>> decisions) {
        var outcomes = new ArrayList<LookupOutcome>();
        var source = Source.REDIS;
        for (var decision : decisions) {
            switch (decision) {
                case Decided<LookupOutcome>(var outcome, var from) -> {
                    outcomes.add(outcome);
                    source = from == Source.LOCAL ? from : source;
                }
                case Unavailable<LookupOutcome>(var retryAfter) -> {
                    return Problem.storeUnavailable(retryAfter)
                            .withDetail("Whether leases were granted is unknown. It is safe to repeat with this owner: "
                                    + "if they were, the response has the same leases.")
                            .with("owner", owner.token())
                            .response();
                }
            }
        }
        return new SourceHeader(source).on(json(CacheJson.of(outcomes, source == Source.LOCAL)));
    }

    static HttpResponse<?> toFill(Decision<FillOutcome> decision) {
        return map(
                decision,
                "Whether the value was stored is unknown. It is safe to repeat.",
                (outcome, degraded) -> switch (outcome) {
                    case Filled filled -> json(CacheJson.of(filled, degraded));
                    case LeaseLost(var reason) -> leaseLost(reason, degraded);
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
        return map(
                decision,
                "Whether the value was stored is unknown. It is safe to repeat.",
                (filled, degraded) -> json(CacheJson.of(filled, degraded)));
    }

    static HttpResponse<?> toRelease(Decision<Boolean> decision) {
        return map(
                decision,
                "Whether the lease was released is unknown. It is safe to repeat; otherwise the lease ends by itself.",
                (_, _) -> HttpResponse.noContent());
    }

    static HttpResponse<?> toInvalidate(Decision<Boolean> decision) {
        return map(
                decision,
                "Whether all values were invalidated is unknown. It is safe to repeat.",
                (_, _) -> HttpResponse.noContent());
    }

    private static <T> HttpResponse<?> map(
            Decision<T> decision, String unknown, BiFunction<T, Boolean, MutableHttpResponse<?>> response) {
        return switch (decision) {
            case Decided<T>(var outcome, var source) ->
                new SourceHeader(source).on(response.apply(outcome, source == Source.LOCAL));
            case Unavailable<T>(var retryAfter) ->
                Problem.storeUnavailable(retryAfter).withDetail(unknown).response();
        };
    }

    private static MutableHttpResponse<?> json(String body) {
        return HttpResponse.ok(body).contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}
