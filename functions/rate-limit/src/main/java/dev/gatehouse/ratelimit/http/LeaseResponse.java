package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.lease.Acquisition;
import dev.gatehouse.ratelimit.lease.Acquisition.Exhausted;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.ratelimit.lease.Released;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.SourceHeader;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import java.util.List;

/** The answers to what is asked about one lease, as status, headers and body. */
record LeaseResponse(Lease lease) {

    HttpResponse<?> toAcquire(LeaseRequest asked, Decision<Acquisition> answer) {
        return switch (answer) {
            case Decided<Acquisition>(var acquisition, var source) -> {
                boolean degraded = source == Source.LOCAL;
                yield told(
                        switch (acquisition) {
                            case Granted granted -> HttpResponse.created(GrantedAnswer.of(asked, granted, degraded));
                            case Exhausted exhausted ->
                                exhausted(asked, exhausted, degraded).response();
                        },
                        source);
            }
            case Unavailable<Acquisition>(var retryAfter) ->
                Problem.storeUnavailable(retryAfter)
                        .withDetail("Whether the lease was granted is not known. It is safe to ask again with this "
                                + "leaseId: if it was, the same grant is told.")
                        .with("leaseId", lease.id().value())
                        .response();
        };
    }

    private static Problem exhausted(LeaseRequest asked, Exhausted exhausted, boolean degraded) {
        return new QuotaExceeded(List.of(asked.lease().subject().name()))
                .problem()
                .with("degraded", degraded)
                .with("limit", asked.limit())
                .with("inUse", exhausted.inUse())
                .with(
                        "retryAfterMillis",
                        exhausted.retryAfter().plusNanos(999_999).toMillis())
                .withRetryAfter(exhausted.retryAfter());
    }

    HttpResponse<?> toExtend(Decision<Extension> answer) {
        return switch (answer) {
            case Decided<Extension>(var extension, var source) -> {
                boolean degraded = source == Source.LOCAL;
                yield told(
                        switch (extension) {
                            case Extended extended -> HttpResponse.ok(ExtendedAnswer.of(lease, extended, degraded));
                            case Lost _ -> lost(degraded).response();
                        },
                        source);
            }
            case Unavailable<Extension>(var retryAfter) ->
                Problem.storeUnavailable(retryAfter)
                        .withDetail("Whether the lease was extended is not known. It is safe to ask again.")
                        .response();
        };
    }

    private static Problem lost(boolean degraded) {
        return Problem.of(
                        "lease-lost",
                        "The lease is not held",
                        409,
                        "It has ended, was released or was never granted. What it protected may be another's now.")
                .with("degraded", degraded);
    }

    HttpResponse<?> toRelease(Decision<Released> answer) {
        return switch (answer) {
            case Decided<Released> decided -> told(HttpResponse.noContent(), decided.source());
            case Unavailable<Released>(var retryAfter) ->
                Problem.storeUnavailable(retryAfter)
                        .withDetail(
                                "Whether the lease was released is not known. It is safe to ask again; if nobody does, "
                                        + "it ends when its time is over.")
                        .response();
        };
    }

    private static HttpResponse<?> told(MutableHttpResponse<?> response, Source source) {
        return new SourceHeader(source).on(response);
    }
}
