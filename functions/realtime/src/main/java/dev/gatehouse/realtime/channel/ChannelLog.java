// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Keeps the last events of channels, from which clients catch up.
 *
 * <pre>
 * absent ── publish or catchUp ──▶ kept: a beginning, then events ── the time of Keep passes ──▶ absent
 *                                    │  ▲
 *                                    └──┘ publish: one event more, the first ones dropped
 * </pre>
 *
 * <p>The contract, verified by {@code ChannelLogContract} and {@code AnyChannelTraceTest}:
 *
 * <ol>
 *   <li>Offsets of a log grow by one with each event.
 *   <li>A reader that starts at a position and always continues from the {@code at} of the last outcome gets each event once and
 *       in order, or an outcome that is not recovered. Never is an event missing without it.
 *   <li>No position of a lost log is valid in a new one. This also holds if Redis loses only the last events, in a failover.
 *   <li>While an event is kept, another publication with its id publishes nothing and gets the same position. Of any number of
 *       concurrent ones, one publishes.
 *   <li>A log has at most the number of events, and lasts as long, as the last publication with a {@link Publication.Keep}
 *       determined. A reader keeps it for
 *       {@link Publication.Keep#DEFAULT} at least.
 *   <li>Tenants and channels are separate.
 *   <li>Every stage completes by its deadline, and never exceptionally. Each call can be repeated.
 * </ol>
 */
public interface ChannelLog {

    /** The maximum number of events in an outcome. */
    int MAX_LIMIT = 100;

    /** The maximum number of connections in an outcome. */
    int MAX_RECIPIENTS = 1000;

    /** Publishes an event. */
    CompletionStage<Decision<PublishOutcome>> publish(
            String tenant, ChannelName channel, Publication publication, Deadline deadline);

    /**
     * Returns the events after a position.
     *
     * @param since the position of the reader; empty to begin after the last event
     * @param limit 1 to {@value #MAX_LIMIT}
     */
    CompletionStage<Decision<CatchUp>> catchUp(
            String tenant, ChannelName channel, Optional<Position> since, int limit, Deadline deadline);

    /**
     * Checks the bounds of {@link #catchUp}.
     *
     * @throws InvalidArgument if {@code limit} exceeds them
     */
    static void requireLimit(int limit) {
        InvalidArgument.requireRange("limit", limit, 1, MAX_LIMIT);
    }
}
