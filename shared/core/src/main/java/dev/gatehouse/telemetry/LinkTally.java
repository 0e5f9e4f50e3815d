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
 * What was asked of Redis since it was last told. Where one request is served at a time, as on Lambda, that is what the
 * request took, with what its process asked on its own account meanwhile.
 */
public final class LinkTally implements CommandListener, OutageListener {

    /**
     * What was asked.
     *
     * @param tripMicros of each round trip that Redis answered; the latest {@value LinkTally#MOST_TRIPS}
     * @param failures what was not sent, or sent without an answer
     * @param circuit the states that the circuit changed to, in their order; the latest {@value LinkTally#MOST_CHANGES}
     */
    public record Told(List<Long> tripMicros, int failures, List<String> circuit) {}

    /** As many values as CloudWatch takes of one metric in one line. */
    static final int MOST_TRIPS = 100;

    static final int MOST_CHANGES = 10;

    private final long[] tripMicros = new long[MOST_TRIPS];
    private final List<String> circuit = new ArrayList<>();
    private int trips;
    private int failures;

    /** What was asked since the last call. */
    public synchronized Told take() {
        var latest = new ArrayList<Long>();
        for (int trip = Math.max(0, trips - MOST_TRIPS); trip < trips; trip++) {
            latest.add(tripMicros[trip % MOST_TRIPS]);
        }
        var told = new Told(latest, failures, List.copyOf(circuit));
        trips = 0;
        failures = 0;
        circuit.clear();
        return told;
    }

    @Override
    public synchronized void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos) {
        // No pattern switch: it makes a class when first run, which a cold start pays for.
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
    public void lost(String why) {}

    @Override
    public void regained(Duration outage) {}
}
