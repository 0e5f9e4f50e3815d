// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import java.time.Duration;
import java.util.function.Consumer;

/** A fault of the connection; it lasts until {@link FaultProxy#pass}. */
public enum WireFault {
    REPLY_SWALLOWED(FaultProxy::swallowNextReply),
    REPLIES_SWALLOWED(FaultProxy::swallowReplies),
    REPLY_LOST_WITH_THE_CONNECTION(FaultProxy::swallowNextReplyAndReset),
    REPLIES_LOST_WITH_THE_CONNECTION(FaultProxy::swallowRepliesAndReset),
    REPLY_TRUNCATED(wire -> wire.truncateNextReply(3)),
    RESET(FaultProxy::reset),
    CUT(FaultProxy::cutConnections),
    HALF_CLOSED(FaultProxy::halfClose),
    BLACK_HOLE(FaultProxy::blackHole),
    REFUSED(wire -> {
        wire.refuse();
        wire.cutConnections();
    }),
    DEAF(wire -> {
        wire.ignoreConnects();
        wire.cutConnections();
    }),
    SLOW(wire -> wire.delay(Duration.ofMillis(400))),
    LOADING(wire -> wire.inject("-LOADING Redis is loading the dataset in memory")),
    READONLY_ONCE(wire -> wire.injectNext(1, "-READONLY You can't write against a read only replica.")),
    OUT_OF_MEMORY(wire -> wire.inject("-OOM command not allowed when used memory > 'maxmemory'."));

    private final Consumer<FaultProxy> strike;

    WireFault(Consumer<FaultProxy> strike) {
        this.strike = strike;
    }

    public void strike(FaultProxy wire) {
        strike.accept(wire);
    }
}
