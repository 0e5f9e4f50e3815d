package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Algorithm.Unlimited;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A policy, or an override of one, as bodies give it. */
record PolicyFields(JsonBody fields, @Nullable Limit otherwise) {

    private static final Map<String, FallbackPolicy> WHEN_DOWN =
            Map.of("local", FallbackPolicy.LOCAL, "open", FallbackPolicy.OPEN, "closed", FallbackPolicy.CLOSED);

    /** Reads a policy of this name. */
    static Reading<Limit> readPolicy(String name, byte @Nullable [] body) {
        return JsonBody.read(body, fields -> new PolicyFields(fields, null).limit(name));
    }

    /** Reads a body that holds a subject alone. */
    static Reading<String> readSubject(byte @Nullable [] body) {
        return JsonBody.read(body, PolicyFields::subject);
    }

    /** Reads whom an override is for, and what of it can be told without the policy. */
    static Reading<String> readOverridden(byte @Nullable [] body) {
        return JsonBody.read(body, fields -> {
            var policy = new PolicyFields(fields, null);
            var _ = new QuotaFields(fields, null).areGiven();
            var _ = policy.shadow();
            var _ = policy.unlimited(false);
            var _ = policy.whenDown();
            return subject(fields);
        });
    }

    /** Reads an override of {@code policy}, from which it takes what is not given. */
    static Reading<Limit> readOverride(Limit policy, byte @Nullable [] body) {
        return JsonBody.read(body, fields -> {
            var _ = subject(fields);
            return new PolicyFields(fields, policy).limit(policy.name());
        });
    }

    private static @Nullable String subject(JsonBody fields) {
        var subject = fields.text("subject");
        return new Bounded(fields).make(() -> new LimitedSubject(Limit.unlimited("any"), subject, 0).subject());
    }

    private @Nullable Limit limit(String name) {
        var quota = new QuotaFields(fields, otherwise);
        boolean given = quota.areGiven();
        boolean unlimited = unlimited(otherwise != null && otherwise.isUnlimited() && !given);
        boolean shadow = shadow();
        var whenDown = whenDown();
        if (unlimited && !given) {
            return new Bounded(fields).make(() -> unlimited(name, shadow, whenDown));
        }
        var units = quota.limit();
        var algorithm = quota.algorithm(units);
        return new Bounded(fields).make(() -> {
            var limit = new Limit(name, units, algorithm, shadow, whenDown);
            return unlimited ? unlimited(name, shadow, whenDown) : limit;
        });
    }

    private static Limit unlimited(String name, boolean shadow, @Nullable FallbackPolicy whenDown) {
        return new Limit(name, Limit.MAX_UNITS, new Unlimited(), shadow, whenDown);
    }

    private boolean unlimited(boolean byDefault) {
        return fields.flag("unlimited", byDefault);
    }

    private boolean shadow() {
        return fields.flag("shadow", otherwise != null && otherwise.shadow());
    }

    private @Nullable FallbackPolicy whenDown() {
        if (fields.has("whenDown")) {
            return fields.word("whenDown", WHEN_DOWN, FallbackPolicy.LOCAL);
        }
        return otherwise == null ? null : otherwise.whenDown();
    }
}
