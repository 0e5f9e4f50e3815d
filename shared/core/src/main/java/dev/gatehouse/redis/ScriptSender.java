package dev.gatehouse.redis;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import dev.gatehouse.redis.lettuce.CommandFailure;
import dev.gatehouse.redis.lettuce.RedisConnection;
import dev.gatehouse.redis.lettuce.ScriptCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends scripts by digest, or by source if Redis does not have them, with the time as their first argument. */
final class ScriptSender {

    /** Errors with which a server may reject {@code TIME} in a script, among other things. */
    private static final Set<String> MAY_REJECT_TIME = Set.of("ERR", "NOPERM");

    private static final Script TRY_TIME =
            Script.of("time", "return {redis.pcall('TIME').err and 'refused' or 'told'}");

    private final ScriptClock clock;

    ScriptSender(ScriptClock clock) {
        this.clock = clock;
    }

    /** A script call and the command that awaits its reply. */
    record PendingScript(ScriptCall call, PendingCommand<List<Object>> command) {}

    /** Converts {@code thrown}, an exception of Lettuce, to a reply. */
    static <T extends @Nullable Object> Reply<T> failed(Throwable thrown) {
        var failure = CommandFailure.of(thrown);
        return switch (failure.kind()) {
            case REFUSED -> new Refused<>(Objects.requireNonNull(failure.code()));
            case NOT_CONNECTED -> new NotSent<>(FailureReason.NOT_CONNECTED);
            case QUEUE_FULL -> new NotSent<>(FailureReason.QUEUE_FULL);
            case UNKNOWN -> new Unknown<>(FailureReason.CONNECTION_LOST);
        };
    }

    /** Sends a script that was committed to {@code connection}. */
    void send(PendingScript script, RedisConnection connection) {
        send(script, bySha(script, connection, clock.now()), connection);
    }

    /** Sends scripts that were committed to {@code connection}, in one flush. */
    void send(List<PendingScript> committed, RedisConnection connection) {
        if (committed.isEmpty()) {
            return;
        }
        var now = clock.now();
        var batch = new ArrayList<ScriptCommand>(committed.size());
        for (var script : committed) {
            var command = bySha(script, connection, now);
            script.command.sent(command::cancel);
            batch.add(command);
        }
        try {
            connection.send(batch);
        } catch (RuntimeException e) {
            committed.forEach(script -> script.command.settle(failed(e)));
        }
    }

    private ScriptCommand bySha(PendingScript pending, RedisConnection connection, String now) {
        var call = pending.call;
        var script = call.script();
        return ScriptCommand.evalSha(script.sha1(), call.keys(), now, call.args(), script.packs(), (reply, thrown) -> {
            if (CommandFailure.isNoScript(thrown)) {
                eval(pending, connection, now);
            } else {
                conclude(pending, connection, reply, thrown);
            }
        });
    }

    private void eval(PendingScript pending, RedisConnection connection, String now) {
        var command = bySource(pending.call, now, (reply, thrown) -> conclude(pending, connection, reply, thrown));
        send(pending, command, connection);
    }

    private static ScriptCommand bySource(ScriptCall call, String now, ScriptCommand.Listener listener) {
        var script = call.script();
        return ScriptCommand.eval(script.source(), call.keys(), now, call.args(), script.packs(), listener);
    }

    private static void send(PendingScript pending, ScriptCommand command, RedisConnection connection) {
        pending.command.sent(command::cancel);
        try {
            connection.send(command);
        } catch (RuntimeException e) {
            pending.command.settle(failed(e));
        }
    }

    private void conclude(
            PendingScript pending,
            RedisConnection connection,
            @Nullable List<Object> reply,
            @Nullable Throwable thrown) {
        if (reply != null) {
            pending.command.settle(new Answered<>(reply));
            return;
        }
        Reply<List<Object>> failure = failed(thrown == null ? new IllegalStateException() : thrown);
        if (clock.isUndecided() && failure instanceof Refused<?>(var code) && MAY_REJECT_TIME.contains(code)) {
            tryCallersTime(pending, connection, failure);
        } else {
            pending.command.settle(failure);
        }
    }

    /**
     * Checks whether Redis rejects {@code TIME}; if so, scripts use the caller's clock from now on. A script reads the time
     * before anything else, so it has changed nothing and is sent again.
     */
    private void tryCallersTime(PendingScript pending, RedisConnection connection, Reply<List<Object>> failure) {
        var probe = new ScriptCall(TRY_TIME, pending.call.keys(), List.of());
        var command = bySource(probe, "0", (time, _) -> {
            if (List.of("refused").equals(time)) {
                clock.decide(ClockSource.CALLER);
                eval(pending, connection, clock.now());
                return;
            }
            if (List.of("told").equals(time)) {
                clock.decide(ClockSource.REDIS);
            }
            pending.command.settle(failure);
        });
        send(pending, command, connection);
    }
}
