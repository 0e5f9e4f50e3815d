// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.TypingUsers;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The limits of a WebSocket. Without a decision of the limiter there is none. */
final class SocketLimits {

    /** The messages of one WebSocket: 100 at once, and then ten each second. */
    private static final Limit MESSAGES = new Limit("websocket-messages", 100, 10, 100);

    /** The signals by which a user who goes on typing is shown as typing, in one channel: one in three seconds. */
    private static final Limit TYPING = new Limit("websocket-typing", 1, 3, 1);

    /** The pings that continue the presence in all channels, which costs a command for each. */
    private static final Limit HEARTBEATS = new Limit("websocket-heartbeats", 1, 5, 1);

    private final RateLimiter limiter;

    SocketLimits(RateLimiter limiter) {
        this.limiter = limiter;
    }

    /** Charges a message. Returns whether there was room for it. */
    CompletionStage<Boolean> allowMessage(SocketUser user, Deadline deadline) {
        return allow(MESSAGES, user, user.connectionId(), deadline);
    }

    /** Returns whether to signal a change, or that typing goes on, before those who show it cease to. */
    CompletionStage<Boolean> allowTyping(
            SocketUser user, ChannelName channel, boolean typing, TypingUsers users, Deadline deadline) {
        return typing && users.users().contains(user.userId())
                ? allow(TYPING, user, user.connectionId() + " " + channel.value(), deadline)
                        .thenApply(isAllowed -> isAllowed || users.changed())
                : CompletableFuture.completedStage(users.changed());
    }

    /** Charges a heartbeat. Returns whether there was room for it. */
    CompletionStage<Boolean> allowHeartbeat(SocketUser user, Deadline deadline) {
        return allow(HEARTBEATS, user, user.connectionId(), deadline);
    }

    private CompletionStage<Boolean> allow(Limit limit, SocketUser user, String subject, Deadline deadline) {
        var check = new Check(List.of(new LimitedSubject(limit, subject, 1)), Mode.ALL);
        return limiter.check(user.tenant(), check, deadline)
                .thenApply(decision ->
                        !(decision instanceof Decided<CheckDecision>(var checked, var _)) || checked.allowed());
    }
}
