package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.Quotas;
import dev.gatehouse.session.Session;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The context of a decision for the integration behind the gateway, its gateway responses and its access log. */
final class Particulars {

    private final Map<String, Object> members = new LinkedHashMap<>();

    static Particulars ofTenant(String tenant) {
        return new Particulars().with("tenant", tenant);
    }

    Particulars with(String name, Object value) {
        members.put(name, value);
        return this;
    }

    Particulars session(@Nullable Session session) {
        return session == null
                ? this
                : with("userId", session.userId().value())
                        .with("sessionId", session.id().text());
    }

    Particulars quotas(Quotas quotas) {
        with("limited", quotas.exceeded());
        quotas.tightest().ifPresent(tightest -> {
            with("rateLimitPolicy", tightest.limit().name());
            with("rateLimitLimit", tightest.limit().limit());
            with("rateLimitRemaining", tightest.decision().remaining());
            with("rateLimitReset", seconds(tightest.decision().resetAfter()));
        });
        // Null where no wait suffices.
        var retryAfter = quotas.retryAfter();
        return quotas.exceeded() && retryAfter != null ? retryAfter(retryAfter) : this;
    }

    /** Adds the wait in whole seconds, rounded up, at least 1. */
    Particulars retryAfter(Duration wait) {
        return with("retryAfter", Math.max(1, seconds(wait)));
    }

    /** Returns whole seconds, rounded up. */
    private static long seconds(Duration time) {
        return time.plusNanos(999_999_999).toSeconds();
    }

    /** Returns the context for HTTP APIs: strings, booleans and numbers. */
    Map<String, Object> typed() {
        return members;
    }

    /** Returns the context as strings, which REST and WebSocket APIs accept reliably. */
    Map<String, String> flat() {
        var flat = new LinkedHashMap<String, String>();
        members.forEach((name, value) -> flat.put(name, value.toString()));
        return flat;
    }
}
