// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A fault of one command or its reply on the way through a {@link FaultProxy}. */
sealed interface ReplyFault {

    /** The command does not reach Redis, and gets this reply. */
    record Inject(byte[] reply) implements ReplyFault {
        static Inject error(String line) {
            return new Inject((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Redis executes the command; its reply, and all that follows on the connection, are lost. */
    record Swallow(boolean thenReset) implements ReplyFault {}

    /** Redis executes the command; only the first bytes of its reply arrive before the connection ends. */
    record Truncate(int bytes) implements ReplyFault {}

    /** A fault of the matching commands, up to the number left. */
    record Armed(ReplyFault fault, Predicate<List<String>> commands, AtomicLong left) {

        static Armed forNext(long times, ReplyFault fault, Predicate<List<String>> commands) {
            return new Armed(fault, commands, new AtomicLong(times));
        }

        /** Returns the fault of this command, or null. */
        ReplyFault affecting(List<String> command) {
            var strikes = commands.test(command) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
            return strikes ? fault : null;
        }
    }
}
