package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.web.JsonBody;
import org.jspecify.annotations.Nullable;

/** A limit as a body gives it: whole, or by the name of a policy. */
sealed interface AskedLimit {

    record Inline(Limit limit) implements AskedLimit {}

    record Named(String policy) implements AskedLimit {}

    /** Reads the members that say which limit is meant, and not whom it counts. */
    static @Nullable AskedLimit readFrom(JsonBody fields) {
        if (fields.has("policy")) {
            return named(fields);
        }
        var name = name(fields);
        var quota = new QuotaFields(fields, null);
        var limit = quota.limit();
        var algorithm = quota.algorithm(limit);
        return new Bounded(fields).make(() -> new Inline(new Limit(name, limit, algorithm, false, null)));
    }

    /** Reads only which name its use is kept under; the other members of a whole limit may be given. */
    static @Nullable AskedLimit readNameFrom(JsonBody fields) {
        if (fields.has("policy") || new QuotaFields(fields, null).areGiven()) {
            return readFrom(fields);
        }
        var name = name(fields);
        return new Bounded(fields).make(() -> new Inline(Limit.unlimited(name)));
    }

    private static String name(JsonBody fields) {
        if (fields.has("name")) {
            return fields.text("name");
        }
        fields.refuse("name", "is missing; give name, or policy");
        return "";
    }

    private static @Nullable AskedLimit named(JsonBody fields) {
        for (var name : QuotaFields.NAMES) {
            if (fields.has(name)) {
                fields.refuse(name, "is the policy's; leave it out");
            }
        }
        if (fields.has("name")) {
            fields.refuse("name", "must be left out where policy is given");
        }
        var policy = fields.text("policy");
        return fields.make(() -> new Named(policy));
    }

    /** The limit that is meant; null if it names a policy that there is not. */
    default @Nullable Limit in(KnownLimits known, String subject) {
        return switch (this) {
            case Inline(var limit) -> limit;
            case Named(var policy) -> known.limitFor(policy, subject);
        };
    }
}
