package dev.gatehouse.local.metrics;

import dev.gatehouse.redis.ExchangeListener;
import dev.gatehouse.redis.LinkListener;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.telemetry.ReplyWords;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is asked of Redis, and how the link to it is. */
final class LinkMetrics implements ExchangeListener, LinkListener {

    private final Histogram roundTrips =
            new Histogram("gatehouse_redis_round_trip_seconds", "From sending to reply, by script", "script");
    private final Counter commands = new Counter(
                    "gatehouse_redis_commands_total",
                    "What was asked of Redis, and what came of it",
                    "outcome",
                    "reason")
            .startingWith("answered", "")
            .startingWith("not-sent", "not-connected")
            .startingWith("not-sent", "circuit-open")
            .startingWith("unanswered", "connection-lost")
            .startingWith("unanswered", "deadline");
    private final Counter outages =
            new Counter("gatehouse_redis_outages_total", "Times that Redis stopped answering").startingWith();
    private final Counter circuitChanges = new Counter(
                    "gatehouse_redis_circuit_changes_total", "Changes of the circuit, by the state changed to", "state")
            .startingWith("open")
            .startingWith("half-open")
            .startingWith("closed");
    private final RedisLink link;
    private volatile boolean lost;

    /** Of {@code link}, from now on. */
    LinkMetrics(RedisLink link) {
        this.link = link;
    }

    List<Family> families() {
        return List.of(
                roundTrips,
                commands,
                outages,
                circuitChanges,
                Gauge.of("gatehouse_redis_up", "1, or 0 during an outage", () -> lost ? 0.0 : 1.0),
                Gauge.by("state", "gatehouse_redis_circuit", "1 for the state of the circuit", this::circuit));
    }

    private Map<String, Double> circuit() {
        var states = new LinkedHashMap<String, Double>();
        for (var state : new String[] {"closed", "open", "half-open"}) {
            states.put(state, 0.0);
        }
        states.put(link.circuitState(), 1.0);
        return states;
    }

    @Override
    public void concluded(@Nullable String script, List<String> keys, Reply<?> reply, long nanos) {
        var words = ReplyWords.of(reply);
        commands.increment(words.outcome(), words.reason());
        if (reply instanceof Reply.Answered || reply instanceof Reply.Refused) {
            roundTrips.observe(script == null ? "none" : script, nanos);
        }
    }

    @Override
    public void circuit(String state) {
        circuitChanges.increment(state);
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
