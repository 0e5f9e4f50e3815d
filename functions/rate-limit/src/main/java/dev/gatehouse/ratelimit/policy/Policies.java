package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Keeps limits under their names, so that callers need only say which applies, and other ones for single subjects.
 *
 * <p>A policy is a {@link Limit} that callers know by its name. An override is a whole limit of the same name that takes
 * the policy's place for one subject.
 *
 * <p>What every implementation keeps, and {@code PoliciesContract} checks:
 *
 * <ol>
 *   <li>A book shows the policies and overrides of one moment. Each write is one step: it is in a book as a whole or not
 *       at all, and there is never an override without its policy.
 *   <li>A write that was answered is in every book that this process asks for afterwards, and in every other process's
 *       within {@link #IN_FORCE}.
 *   <li>A book is answered from memory, without a round trip, while what is known is younger than half of
 *       {@link #IN_FORCE}; from then on it is read again in the background, and only what is older than
 *       {@link #IN_FORCE}, or unknown, is waited for. Of any number that ask at once, one reads.
 *   <li>When Redis does not answer, the last known book goes on being used however old it is, and counts as decided by
 *       {@link Decision.Source#LOCAL}. Only where there is none is the answer {@link Decision.Unavailable}.
 *   <li>All else is asked of Redis at once, and has no answer without it. Each may be asked again then: to repeat a write
 *       changes nothing.
 *   <li>A tenant has at most {@link #MAX_POLICIES} and {@link #MAX_OVERRIDES}; what is there already can always be
 *       replaced.
 *   <li>Tenants are apart: no tenant sees or changes another's policies.
 *   <li>The stages complete by the deadline, and never exceptionally.
 * </ol>
 *
 * <p>Names and subjects are bounded as in {@link Limit} and {@link LimitedSubject}; who asks with others is told by an
 * {@link InvalidLimit} before anything is done.
 */
public interface Policies {

    /** By then a write is in force everywhere. */
    Duration IN_FORCE = Duration.ofSeconds(10);

    /** The most policies of a tenant. */
    int MAX_POLICIES = 1_000;

    /** The most overrides of a tenant, over all its policies. */
    int MAX_OVERRIDES = 10_000;

    /** The tenant's policies and overrides as they are known here. For every check: it costs next to nothing. */
    CompletionStage<Decision<PolicySnapshot>> book(String tenant, Deadline deadline);

    /** The policy of this name as it is now, without its overrides; empty if there is none. */
    CompletionStage<Decision<Optional<Limit>>> find(String tenant, String name, Deadline deadline);

    /** Keeps {@code policy} under its name, in place of what was there. Overrides stay. */
    CompletionStage<Decision<Putting>> put(String tenant, Limit policy, Deadline deadline);

    /** Removes the policy of this name, and its overrides with it. */
    CompletionStage<Decision<Removed>> remove(String tenant, String name, Deadline deadline);

    /** Has {@code limit} apply to {@code subject} in place of the policy of the same name. */
    CompletionStage<Decision<Overriding>> override(String tenant, String subject, Limit limit, Deadline deadline);

    /** Has the policy of this name apply to {@code subject} again. */
    CompletionStage<Decision<Removed>> removeOverride(String tenant, String name, String subject, Deadline deadline);

    /**
     * Has {@code changed} run after each change of a book that was known here, as soon as this process knows of it: what
     * was decided by the old one may be forgotten then. It may run without need, must be quick and must not block.
     */
    void onChange(Runnable changed);
}
