// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import dev.gatehouse.redis.CommandListener;
import dev.gatehouse.redis.OutageListener;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the commands to Redis since the last {@link #take}. If a process serves one request at a time, as on Lambda,
 * these are the commands of that request. Background commands sent meanwhile are included.
 */
public final class LinkTally implements CommandListener, OutageListener {

    /**
     * The commands since the last {@link #take}.
     *
     * @param tripMicros the microseconds of each round trip with a reply; the latest {@value LinkTally#MAX_TRIPS}
     * @param failures the number of commands that were not sent, or had no reply
     * @param circuit the states that the circuit breaker changed to, in order; the latest
     *     {@value LinkTally#MAX_CHANGES}
     */
    public record Commands(List<Long> tripMicros, int failures, List<CircuitState> circuit) {}

    /** The maximum number of values that CloudWatch accepts for one metric in one line. */
    static final int MAX_TRIPS = 100;

    static final int MAX_CHANGES = 10;

    private final Deque<Long> tripMicros = new ArrayDeque<>();
    private final Deque<CircuitState> circuit = new ArrayDeque<>();
    private int failures;

    /** Returns the commands since the last call, and starts again from zero. */
    public synchronized Commands take() {
        var commands = new Commands(List.copyOf(tripMicros), failures, List.copyOf(circuit));
        tripMicros.clear();
        failures = 0;
        circuit.clear();
        return commands;
    }

    @Override
    public synchronized void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos) {
        // No pattern switch: its first run creates a class, which slows the cold start.
        if (reply instanceof Answered || reply instanceof Refused) {
            addLatest(tripMicros, nanos / 1_000, MAX_TRIPS);
        } else {
            failures++;
        }
    }

    @Override
    public synchronized void circuit(CircuitState state) {
        addLatest(circuit, state, MAX_CHANGES);
    }

    private static <T> void addLatest(Deque<T> latest, T value, int max) {
        if (latest.size() == max) {
            latest.removeFirst();
        }
        latest.addLast(value);
    }

    @Override
    public void lost(String reason) {}

    @Override
    public void regained(Duration outage) {}
}
