package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.Quotas;
import dev.gatehouse.session.Session;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What goes with a decision, to the integration behind the gateway, to its gateway responses and its access log. */
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
        var retryAfter = quotas.retryAfter();
        return quotas.exceeded() && retryAfter != null ? retryAfter(retryAfter) : this;
    }

    /** In whole seconds, rounded up, at least 1; not said where it never will do. */
    Particulars retryAfter(Duration wait) {
        return with("retryAfter", Math.max(1, seconds(wait)));
    }

    /** Whole seconds, rounded up. */
    private static long seconds(Duration time) {
        return time.plusNanos(999_999_999).toSeconds();
    }

    /** As HTTP APIs take it: texts, truth values and numbers. */
    Map<String, Object> typed() {
        return members;
    }

    /** As REST and WebSocket APIs are sure to take it: texts. */
    Map<String, String> flat() {
        var flat = new LinkedHashMap<String, String>();
        members.forEach((name, value) -> flat.put(name, value.toString()));
        return flat;
    }
}
