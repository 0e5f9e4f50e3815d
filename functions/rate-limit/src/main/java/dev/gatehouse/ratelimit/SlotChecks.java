package dev.gatehouse.ratelimit;

import dev.gatehouse.redis.HashTag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes checks for whoever runs them together with other scripts; what they count is what {@link RedisRateLimiter} counts. */
public final class SlotChecks {

    private final Meters meters = new Meters();
    private final @Nullable DenialCache denials;

    /** @param denials where checks of a subject are found that Redis has denied and would deny still; null for none */
    public SlotChecks(@Nullable DenialCache denials) {
        this.denials = denials;
    }

    /**
     * Charges one unit of each of {@code limits} to {@code subject}, or none of any.
     *
     * @param limits 1 to {@value Check#MAX_LIMITS}; no two of the same name
     */
    public SlotCheck ofSubject(String tenant, String subject, List<Limit> limits) {
        return check(tenant, subject, HashTag.of(subject), limits, denials);
    }

    /**
     * As {@link #ofSubject}, for one of which only the {@link HashTag} is known: whether it is denied is always asked, for
     * who names a tag need not be the one who is known to be denied.
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
