package dev.gatehouse.ratelimit;

import dev.gatehouse.redis.HashTag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates checks that run together with other scripts. They count against the same state as {@link RedisRateLimiter}.
 */
public final class SlotChecks {

    private final Meters meters = new Meters();
    private final @Nullable DenialCache denials;

    /**
     * Creates checks that apply cached denials.
     *
     * @param denials the cached denials of subjects; null for none
     */
    public SlotChecks(@Nullable DenialCache denials) {
        this.denials = denials;
    }

    /**
     * Returns a check that charges one unit of each of {@code limits} to {@code subject}, or nothing at all.
     *
     * @param limits 1 to {@value Check#MAX_LIMITS}; no two of the same name
     */
    public SlotCheck ofSubject(String tenant, String subject, List<Limit> limits) {
        return check(tenant, subject, HashTag.of(subject), limits, denials);
    }

    /**
     * Returns a check like {@link #ofSubject} for a subject given by its {@link HashTag}. It ignores cached denials,
     * because a caller that sends a tag need not be the denied subject.
     */
    public SlotCheck ofTag(String tenant, String tag, List<Limit> limits) {
        return check(tenant, tag, tag, limits, null);
    }

    private SlotCheck check(
            String tenant, String subject, String tag, List<Limit> limits, @Nullable DenialCache denials) {
        var check = new Check(
                limits.stream()
                        .map(limit -> new LimitedSubject(limit, subject, 1))
                        .toList(),
                Mode.ALL);
        var charges = new ArrayList<LimitCharge>(limits.size());
        for (var limit : limits) {
            if (limit.isCounted()) {
                var key = RedisRateLimiter.key(tenant, tag, limit.name());
                charges.add(new LimitCharge(key, tag, meters.of(limit), 1, limit.shadow()));
            }
        }
        return new SlotCheck(tenant, check, new SlotCharges(charges), denials);
    }
}
