// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Stores who is present in a channel, over which connections, and who is typing.
 *
 * <pre>
 *          the first connection enters: joined          another enters
 * absent ─────────────────────────────────▶ present ──┐
 *   ▲                                        │  ▲     │
 *   │                                        │  └─────┘
 *   └── the last leaves: left ◀──────────────┤
 *   └── the last ends: departed ◀────────────┘
 * </pre>
 *
 * <p>There is no daemon. A user whose last connection ended is absent at once. A later call on the channel finds that user and
 * reports the departure.
 *
 * <p>The contract, verified by {@code PresenceContract} and {@code AnyPresenceTraceTest}:
 *
 * <ol>
 *   <li>For any interleaving of calls and ends, {@code joined} and ({@code left} or {@code departed}) alternate for a user and
 *       channel. Each is reported to exactly one call. If a departure and the next entry of the user are in one outcome, the
 *       departure came first.
 *   <li>A connection is live until it leaves or its end comes, and no longer. Numbers of connections and members are computed
 *       from the live ones.
 *   <li>An enter request, or a leave, that is repeated by the store after a lost reply has the first outcome. If the caller gets
 *       no outcome at all, nobody gets the report.
 *   <li>One call reports at most {@value #MAX_DEPARTED} departures by end, the earliest first, and leaves the others to later
 *       calls. A departure that no call finds within an hour after the channel became empty is not reported.
 *   <li>A user has at most {@value #MAX_CONNECTIONS} connections in a channel. A further one replaces that which ends first.
 *   <li>A user types until the end that the last call set, and stops by leaving or departing. Only a live connection can type.
 *   <li>Tenants and channels are separate.
 *   <li>Every stage completes by its deadline, and never exceptionally.
 * </ol>
 *
 * <p>A step back of the clock prolongs a connection by the step, until its next heartbeat.
 */
public interface PresenceStore {

    int MAX_CONNECTIONS = 100;

    int MAX_DEPARTED = 100;

    /** The maximum number of connections that leave in one call. */
    int MAX_LEAVING = 1000;

    /** The maximum time for which a user types without another call. */
    long MAX_TYPING_MILLIS = 60_000;

    /** Enters a channel. Entering again is the heartbeat: the connection then ends after the new time to live. */
    CompletionStage<Decision<Entered>> enter(
            String tenant, ChannelName channel, EnterRequest request, Deadline deadline);

    /**
     * Ends connections. A connection that is not live is ignored.
     *
     * @param connections 1 to {@value #MAX_LEAVING}
     */
    CompletionStage<Decision<Departures>> leave(
            String tenant, ChannelName channel, List<MemberConnection> connections, Deadline deadline);

    /**
     * Lists the users who are present.
     *
     * @param limit 1 to {@value MemberPage#MAX_LIMIT}
     * @param after the user id after which the page begins; empty for the first page
     */
    CompletionStage<Decision<MemberPage>> list(
            String tenant, ChannelName channel, int limit, Optional<String> after, Deadline deadline);

    /**
     * Begins, continues or stops typing. A connection that is not live changes nothing.
     *
     * @param ttlMillis the time after which typing ends without another call, 1 to {@value #MAX_TYPING_MILLIS}
     */
    CompletionStage<Decision<TypingUsers>> type(
            String tenant,
            ChannelName channel,
            MemberConnection connection,
            boolean typing,
            long ttlMillis,
            Deadline deadline);

    /**
     * Checks the bounds of {@link #leave}.
     *
     * @throws InvalidArgument if {@code connections} exceed them
     */
    static void requireLeaving(List<MemberConnection> connections) {
        InvalidArgument.requireRange("connections", connections.size(), 1, MAX_LEAVING);
    }

    /**
     * Checks the bounds of {@link #type}.
     *
     * @throws InvalidArgument if {@code ttlMillis} exceeds them
     */
    static void requireTypingMillis(long ttlMillis) {
        InvalidArgument.requireRange("ttlMillis", ttlMillis, 1, MAX_TYPING_MILLIS);
    }
}
