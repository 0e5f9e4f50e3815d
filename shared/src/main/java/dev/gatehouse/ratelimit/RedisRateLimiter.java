package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Answer;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.KeyTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides on Redis, in one round trip.
 *
 * <p>Each limit and subject has one key, {@code gh:{<tenant>:<tag>}:rl:<name>} with the subject's {@link KeyTag}. It
 * holds the tat and what gives it meaning, and expires when the tat passes; a limit that is wholly unused has no key.
 *
 * <table>
 * <caption>The commands of a check</caption>
 * <tr><td>all keys in one slot, or Redis not clustered</td>
 *     <td>{@code EVALSHA gcra.lua} over the check's keys: {@code TIME}; {@code GET} each; {@code SET … PX}
 *     each charged</td></tr>
 * <tr><td>several subjects on a cluster</td>
 *     <td>the same for each subject, in parallel and in one flush</td></tr>
 * <tr><td>of these some denied, in mode {@link Mode#ALL}</td>
 *     <td>then {@code EVALSHA refund.lua} over the keys charged, for each subject: {@code TIME}; {@code GET} each;
 *     {@code SET … PX} or {@code DEL} each</td></tr>
 * </table>
 *
 * <p>So on a cluster a check of several subjects that is denied may for a moment hold what it gives back, and another
 * be denied for it; too much is never admitted. Should the refund itself fail, what it held is earned back at the limit's
 * rate. If one subject's part got no answer, the check has none: parts that were charged are given back, and the part
 * without an answer is left alone, for it may not have been charged.
 *
 * <p>A key that holds what Gatehouse did not write is left as it is, and the check has no answer.
 */
public final class RedisRateLimiter implements RateLimiter {

    private final RedisLink link;

    public RedisRateLimiter(RedisLink link) {
        this.link = link;
    }

    @Override
    public CompletionStage<Answer<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        var charges = charges(tenant, check);
        boolean scattered = areScattered(charges);
        if (scattered && link.isClustered()) {
            return new ScatteredCheck(link, charges, check.mode(), deadline).decide();
        }
        var slot = new SlotCharges(charges, check.mode());
        return link.run(slot.call(), deadline).thenCompose(reply -> {
            if (scattered && reply instanceof Refused<List<Object>>(var code) && code.equals("CROSSSLOT")) {
                // A cluster that the link took for a single server. Nothing was charged, so asking again is safe.
                return new ScatteredCheck(link, charges, check.mode(), deadline).decide();
            }
            return CompletableFuture.completedStage(
                    Answer.of(reply.map(values -> SlotCharges.decision(slot.outcomes(values)))));
        });
    }

    /** Whether the keys lie in more than one slot. */
    private static boolean areScattered(List<LimitCharge> charges) {
        var first = charges.getFirst().tag();
        for (var charge : charges) {
            if (!charge.tag().equals(first)) {
                return true;
            }
        }
        return false;
    }

    private static List<LimitCharge> charges(String tenant, Check check) {
        var charges = new ArrayList<LimitCharge>(check.limits().size());
        for (var asked : check.limits()) {
            var tag = KeyTag.of(asked.subject());
            var key = "gh:{" + tenant + ":" + tag + "}:rl:" + asked.limit().name();
            charges.add(new LimitCharge(key, tag, new Gcra(asked.limit()), asked.cost()));
        }
        return charges;
    }
}
