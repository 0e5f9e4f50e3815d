// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.metrics;

import dev.gatehouse.redis.CommandListener;
import dev.gatehouse.redis.OutageListener;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.telemetry.ReplyWords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Records the commands sent to Redis and the state of the link. */
final class LinkMetrics implements CommandListener, OutageListener {

    private static final String COMMANDS = "gatehouse.redis.commands";

    /** Redis has few error words; this bounds memory if a server invents them. */
    private static final int MAX_REASONS = 100;

    private final MeterProvider<Timer> roundTrips;
    private final MeterProvider<Counter> commands;
    private final MeterProvider<Counter> circuitChanges;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private final Map<ReplyWords, Counter> counters = new ConcurrentHashMap<>();
    private final Counter outages;
    private volatile boolean lost;

    /** Records the events of {@code link} from now on. */
    static void bind(RedisLink link, MeterRegistry registry) {
        var metrics = new LinkMetrics(link, registry);
        link.addOutageListener(metrics);
        link.addCommandListener(metrics);
    }

    /** Returns the filter to set before any meter is registered. */
    static MeterFilter bounds() {
        return MeterFilter.maximumAllowableTags(COMMANDS, "reason", MAX_REASONS, MeterFilter.deny());
    }

    private LinkMetrics(RedisLink link, MeterRegistry registry) {
        roundTrips = Latencies.of("gatehouse.redis.round.trip", "From sending to reply, by script", registry);
        commands = Counter.builder(COMMANDS)
                .description("Commands to Redis, by outcome")
                .withRegistry(registry);
        circuitChanges = Counter.builder("gatehouse.redis.circuit.changes")
                .description("Changes of the circuit, by the state changed to")
                .withRegistry(registry);
        outages = Counter.builder("gatehouse.redis.outages")
                .description("Times that Redis stopped answering")
                .register(registry);
        Gauge.builder("gatehouse.redis.up", () -> lost ? 0 : 1)
                .description("1, or 0 during an outage")
                .register(registry);
        for (var state : CircuitState.values()) {
            circuitChanges.withTag("state", state.toString());
            Gauge.builder("gatehouse.redis.circuit", () -> link.circuitState() == state ? 1 : 0)
                    .description("1 for the state of the circuit")
                    .tag("state", state.toString())
                    .register(registry);
        }
        registerSeries();
    }

    /** Registers the series that alerts use: Prometheus sees no increase in a series that begins at 1. */
    private void registerSeries() {
        commands("answered", "");
        commands("not-sent", "not-connected");
        commands("not-sent", "circuit-open");
        commands("unanswered", "connection-lost");
        commands("unanswered", "deadline");
    }

    private Counter commands(String outcome, String reason) {
        return commands.withTags("outcome", outcome, "reason", reason);
    }

    /** Caches a bounded number: further reasons have no series of their own. */
    private Counter counter(ReplyWords words) {
        var cached = counters.get(words);
        if (cached != null) {
            return cached;
        }
        var counter = commands(words.outcome(), words.reason());
        if (counters.size() < MAX_REASONS) {
            counters.put(words, counter);
        }
        return counter;
    }

    @Override
    public void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos) {
        var words = ReplyWords.of(reply);
        counter(words).increment();
        if (reply instanceof Reply.Answered || reply instanceof Reply.Refused) {
            timers.computeIfAbsent(script == null ? "none" : script, name -> roundTrips.withTag("script", name))
                    .record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void circuit(CircuitState state) {
        circuitChanges.withTag("state", state.toString()).increment();
    }

    @Override
    public void lost(String why) {
        lost = true;
        outages.increment();
    }

    @Override
    public void regained(Duration outage) {
        lost = false;
    }
}
