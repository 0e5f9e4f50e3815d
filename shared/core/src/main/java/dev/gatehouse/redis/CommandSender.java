// SPDX-License-Identifier: Apache-2.0
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
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands. A script is sent by digest, or by source if Redis does not have it, with the time as its first argument.
 * The time comes from the clock of Redis, unless configured otherwise or Redis rejects {@code TIME} in scripts. The latter
 * is determined for each connection: the next may lead to another Redis, or one with other rights.
 */
final class CommandSender {

    private static final String CLOCK_OF_REDIS = "0";

    /** Errors with which a server may reject {@code TIME} in a script, among other things. */
    private static final Set<String> MAY_REJECT_TIME = Set.of("ERR", "NOPERM");

    private static final Script TRY_TIME =
            Script.of("time", "return {redis.pcall('TIME').err and 'rejected' or 'accepted'}");

    private static final Script EMPTY = Script.of("empty", "return {}");

    private final LongSupplier callerMicros;
    private final ClockSource clock;

    /** @param callerMicros the clock for scripts that do not use that of Redis */
    CommandSender(ClockSource clock, LongSupplier callerMicros) {
        this.clock = clock;
        this.callerMicros = callerMicros;
    }

    /** Sends the command that {@code function} returns. The exceptions of {@code function} itself are the caller's. */
    <T extends @Nullable Object> void send(
            PendingCommand<T> command,
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> function,
            RedisConnection connection) {
        try {
            var result = function.apply(connection.commands());
            command.onTimeout(() -> result.toCompletableFuture().cancel(true));
            result.whenComplete((value, thrown) -> {
                if (thrown == null) {
                    command.complete(new Answered<>(value));
                } else {
                    completeFailed(command, thrown);
                }
            });
        } catch (RuntimeException e) {
            completeFailed(command, e);
        }
    }

    private static void completeFailed(PendingCommand<?> command, Throwable thrown) {
        if (CommandFailure.isFromLettuce(thrown)) {
            command.complete(failed(thrown));
        } else {
            command.completeExceptionally(CommandFailure.unwrap(thrown));
        }
    }

    /** Converts {@code thrown}, an exception of Lettuce, to a reply. */
    private static <T extends @Nullable Object> Reply<T> failed(Throwable thrown) {
        var failure = CommandFailure.of(thrown);
        return switch (failure.kind()) {
            case REFUSED -> new Refused<>(Objects.requireNonNull(failure.code()));
            case NOT_CONNECTED -> new NotSent<>(FailureReason.NOT_CONNECTED);
            case QUEUE_FULL -> new NotSent<>(FailureReason.QUEUE_FULL);
            case UNKNOWN -> new Unknown<>(FailureReason.CONNECTION_LOST);
        };
    }

    void send(PendingCommand<ScriptReply> script, RedisConnection connection) {
        var command = bySha(script, connection, now(connection), _ -> true);
        if (script.scriptCall().isProbe()) {
            script.onTimeout(command::cancel);
            dispatch(List.of(empty(script), command), List.of(script), connection);
        } else {
            dispatch(script, command, connection);
        }
    }

    /**
     * Returns an empty script by source, whose failure is that of {@code probe}. Otherwise a probe that Redis has stored
     * would succeed for a user who may not send a source.
     */
    private static ScriptCommand empty(PendingCommand<ScriptReply> probe) {
        var call = ScriptCall.of(EMPTY).key(probe.scriptCall().keys().getFirst());
        return bySource(call, CLOCK_OF_REDIS, (_, thrown) -> {
            if (thrown != null) {
                probe.complete(failed(thrown));
            }
        });
    }

    /** Sends scripts in one flush. If Redis has lost a script, the first call of it sends the source, and the others wait. */
    void send(List<PendingCommand<ScriptReply>> scripts, RedisConnection connection) {
        if (scripts.isEmpty()) {
            return;
        }
        var now = now(connection);
        var batch = new ArrayList<ScriptCommand>(scripts.size());
        var sources = ConcurrentHashMap.<String>newKeySet();
        for (var script : scripts) {
            var command = bySha(script, connection, now, sources::add);
            script.onTimeout(command::cancel);
            batch.add(command);
        }
        dispatch(batch, scripts, connection);
    }

    private static void dispatch(
            List<ScriptCommand> batch, List<PendingCommand<ScriptReply>> scripts, RedisConnection connection) {
        try {
            connection.send(batch);
        } catch (RuntimeException e) {
            scripts.forEach(script -> script.complete(failed(e)));
        }
    }

    private static void dispatch(
            PendingCommand<ScriptReply> script, ScriptCommand command, RedisConnection connection) {
        script.onTimeout(command::cancel);
        try {
            connection.send(command);
        } catch (RuntimeException e) {
            script.complete(failed(e));
        }
    }

    private String now(RedisConnection connection) {
        var callers = clock == ClockSource.CALLER || (clock == ClockSource.AUTO && connection.rejectsTime());
        return callers ? Long.toString(callerMicros.getAsLong()) : CLOCK_OF_REDIS;
    }

    /**
     * Returns a script by digest.
     *
     * @param sendsSource whether to send the source if Redis lacks this digest. Otherwise the digest is sent once more,
     *     after a source that is on its way; on a cluster that may have gone to another node
     */
    private ScriptCommand bySha(
            PendingCommand<ScriptReply> pending,
            RedisConnection connection,
            String now,
            Predicate<String> sendsSource) {
        var call = pending.scriptCall();
        var script = call.script();
        return ScriptCommand.evalSha(script.sha1(), call.keys(), now, call.args(), script.packs(), (reply, thrown) -> {
            if (!CommandFailure.isNoScript(thrown)) {
                complete(pending, connection, now, reply, thrown);
            } else if (sendsSource.test(script.sha1())) {
                eval(pending, connection, now);
            } else {
                dispatch(pending, bySha(pending, connection, now, _ -> true), connection);
            }
        });
    }

    private void eval(PendingCommand<ScriptReply> pending, RedisConnection connection, String now) {
        var command = bySource(
                pending.scriptCall(), now, (reply, thrown) -> complete(pending, connection, now, reply, thrown));
        dispatch(pending, command, connection);
    }

    private static ScriptCommand bySource(ScriptCall call, String now, ScriptCommand.Listener listener) {
        var script = call.script();
        return ScriptCommand.eval(script.source(), call.keys(), now, call.args(), script.packs(), listener);
    }

    private void complete(
            PendingCommand<ScriptReply> pending,
            RedisConnection connection,
            String now,
            @Nullable List<Object> reply,
            @Nullable Throwable thrown) {
        if (reply != null) {
            pending.complete(new Answered<>(new ScriptReply(pending.scriptCall().script(), reply)));
            return;
        }
        Reply<ScriptReply> failure = failed(thrown == null ? new IllegalStateException() : thrown);
        if (clock == ClockSource.AUTO
                && now.equals(CLOCK_OF_REDIS)
                && failure instanceof Refused<?>(var code)
                && MAY_REJECT_TIME.contains(code)) {
            tryCallersTime(pending, connection, failure);
        } else {
            pending.complete(failure);
        }
    }

    /**
     * Checks whether Redis rejects {@code TIME}; if so, the scripts of this connection use the caller's clock from now on. A
     * script reads the time before anything else, so it has changed nothing and is sent again.
     */
    private void tryCallersTime(
            PendingCommand<ScriptReply> pending, RedisConnection connection, Reply<ScriptReply> failure) {
        var probe = ScriptCall.of(TRY_TIME).key(pending.scriptCall().keys().getFirst());
        var command = bySource(probe, CLOCK_OF_REDIS, (time, _) -> {
            if (List.of("rejected").equals(time)) {
                connection.recordTimeRejected();
                eval(pending, connection, now(connection));
            } else {
                pending.complete(failure);
            }
        });
        dispatch(pending, command, connection);
    }
}
