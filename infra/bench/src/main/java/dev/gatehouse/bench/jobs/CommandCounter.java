// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.jobs;

import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.RespConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** Counts the commands that Redis runs, by MONITOR. */
final class CommandCounter {

    private static final String END = "end-of-the-count";

    /** Begins a line of MONITOR: time, database, and the address of the client or {@code lua}. */
    private static final Pattern LINE = Pattern.compile("[0-9.]+ \\[(\\d+) (\\S+)] ");

    /**
     * The commands on one database.
     *
     * @param sent commands of clients
     * @param inScripts commands that scripts run
     */
    record Commands(long sent, long inScripts) {

        static final Commands NONE = new Commands(0, 0);

        long all() {
            return sent + inScripts;
        }

        Commands plus(Commands other) {
            return new Commands(sent + other.sent, inScripts + other.inScripts);
        }
    }

    /** The work to count. */
    @FunctionalInterface
    interface Work {

        void run() throws Exception;
    }

    private CommandCounter() {}

    /**
     * Returns the commands of each database while the work runs.
     *
     * @param work must send a command every few seconds
     */
    static Map<Integer, Commands> count(RedisProcess redis, Work work) throws Exception {
        try (var monitor = redis.connect()) {
            monitor.call("MONITOR");
            var counts = CompletableFuture.supplyAsync(() -> read(monitor));
            work.run();
            redis.cli("ECHO", END);
            return counts.get();
        }
    }

    private static Map<Integer, Commands> read(RespConnection monitor) {
        var counts = new HashMap<Integer, Commands>();
        for (var line = next(monitor); !line.endsWith("\"" + END + "\""); line = next(monitor)) {
            var start = LINE.matcher(line);
            if (!start.lookingAt()) {
                throw new IllegalStateException("not a line of MONITOR: " + line);
            }
            var one = start.group(2).equals("lua") ? new Commands(0, 1) : new Commands(1, 0);
            counts.merge(Integer.valueOf(start.group(1)), one, Commands::plus);
        }
        return counts;
    }

    private static String next(RespConnection monitor) {
        return String.valueOf(monitor.read());
    }
}
