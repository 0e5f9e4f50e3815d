package dev.gatehouse.telemetry;

import dev.gatehouse.redis.CommandListener;
import dev.gatehouse.redis.OutageListener;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import java.time.Duration;
import java.util.ArrayList;
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
     * @param tripMicros the microseconds of each round trip with a reply; the latest {@value LinkTally#MOST_TRIPS}
     * @param failures the number of commands that were not sent, or had no reply
     * @param circuit the states that the circuit breaker changed to, in order; the latest
     *     {@value LinkTally#MOST_CHANGES}
     */
    public record Commands(List<Long> tripMicros, int failures, List<String> circuit) {}

    /** The maximum number of values that CloudWatch accepts for one metric in one line. */
    static final int MOST_TRIPS = 100;

    static final int MOST_CHANGES = 10;

    private final long[] tripMicros = new long[MOST_TRIPS];
    private final List<String> circuit = new ArrayList<>();
    private int trips;
    private int failures;

    /** Returns the commands since the last call, and starts again from zero. */
    public synchronized Commands take() {
        var latest = new ArrayList<Long>();
        for (int trip = Math.max(0, trips - MOST_TRIPS); trip < trips; trip++) {
            latest.add(tripMicros[trip % MOST_TRIPS]);
        }
        var commands = new Commands(latest, failures, List.copyOf(circuit));
        trips = 0;
        failures = 0;
        circuit.clear();
        return commands;
    }

    @Override
    public synchronized void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos) {
        // No pattern switch: its first run creates a class, which slows the cold start.
        if (reply instanceof Answered || reply instanceof Refused) {
            tripMicros[trips++ % MOST_TRIPS] = nanos / 1_000;
        } else {
            failures++;
        }
    }

    @Override
    public synchronized void circuit(String state) {
        if (circuit.size() == MOST_CHANGES) {
            circuit.removeFirst();
        }
        circuit.add(state);
    }

    @Override
    public void lost(String reason) {}

    @Override
    public void regained(Duration outage) {}
}
