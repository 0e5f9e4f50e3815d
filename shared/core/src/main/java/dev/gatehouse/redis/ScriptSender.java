package dev.gatehouse.redis;

import dev.gatehouse.redis.RedisSettings.ClockSource;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import io.lettuce.core.RedisNoScriptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends scripts by their digests, with their text where Redis does not have it, and with a time they may use. */
final class ScriptSender {

    /** Errors by which a server may refuse {@code TIME} in a script, among other things. */
    private static final Set<String> PERHAPS_TIME = Set.of("ERR", "NOPERM");

    private static final Script TELL_TIME =
            Script.of("time", "return {redis.pcall('TIME').err and 'refused' or 'told'}");

    private final ScriptClock clock;

    ScriptSender(ScriptClock clock) {
        this.clock = clock;
    }

    /** A call and the exchange that awaits its reply. */
    record Asked(ScriptCall call, PendingCommand<List<Object>> exchange) {}

    /** Sends one that has been committed to {@code connection}. */
    void send(Asked asked, Connection connection) {
        send(asked, bySha(asked, connection, clock.now()), connection);
    }

    /** Sends what has been committed to {@code connection}, in one flush. */
    void send(List<Asked> committed, Connection connection) {
        if (committed.isEmpty()) {
            return;
        }
        var now = clock.now();
        var batch = new ArrayList<ScriptCommand>(committed.size());
        for (var asked : committed) {
            var command = bySha(asked, connection, now);
            asked.exchange.sent(command::cancel);
            batch.add(command);
        }
        try {
            connection.send(batch);
        } catch (RuntimeException e) {
            committed.forEach(asked -> asked.exchange.settle(DriverError.reply(e)));
        }
    }

    private ScriptCommand bySha(Asked asked, Connection connection, String now) {
        return ScriptCommand.evalSha(asked.call, now, (reply, thrown) -> {
            if (thrown instanceof RedisNoScriptException) {
                eval(asked, connection, now);
            } else {
                conclude(asked, connection, reply, thrown);
            }
        });
    }

    private void eval(Asked asked, Connection connection, String now) {
        var byText = ScriptCommand.eval(asked.call, now, (reply, thrown) -> conclude(asked, connection, reply, thrown));
        send(asked, byText, connection);
    }

    private static void send(Asked asked, ScriptCommand command, Connection connection) {
        asked.exchange.sent(command::cancel);
        try {
            connection.send(command);
        } catch (RuntimeException e) {
            asked.exchange.settle(DriverError.reply(e));
        }
    }

    private void conclude(
            Asked asked, Connection connection, @Nullable List<Object> reply, @Nullable Throwable thrown) {
        if (reply != null) {
            asked.exchange.settle(new Answered<>(reply));
            return;
        }
        Reply<List<Object>> failure = DriverError.reply(thrown == null ? new IllegalStateException() : thrown);
        if (clock.isUndecided() && failure instanceof Refused<?>(var code) && PERHAPS_TIME.contains(code)) {
            tryCallersTime(asked, connection, failure);
        } else {
            asked.exchange.settle(failure);
        }
    }

    /**
     * Finds out whether it was the time that was refused; then scripts go by the caller's from now on. A script asks the
     * time before anything else, so it has changed nothing and may be sent again. If this too fails, nothing is found out.
     */
    private void tryCallersTime(Asked asked, Connection connection, Reply<List<Object>> failure) {
        var probe = new ScriptCall(TELL_TIME, asked.call.keys(), List.of());
        var asking = ScriptCommand.eval(probe, "0", (time, _) -> {
            if (List.of("refused").equals(time)) {
                clock.decide(ClockSource.CALLER);
                eval(asked, connection, clock.now());
                return;
            }
            if (List.of("told").equals(time)) {
                clock.decide(ClockSource.REDIS);
            }
            asked.exchange.settle(failure);
        });
        send(asked, asking, connection);
    }
}
