// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Queries {@link ServerInfo} by pipelined commands, untracked because managed services reject some of them. */
final class ServerInfoQuery {

    /** The errors for a command that the user may not run, and for one that Redis does not have. */
    private static final Set<String> RESTRICTION_CODES = Set.of("NOPERM", "ERR");

    private final RedisLink link;
    private final Deadline deadline;
    private final Map<Restriction.Type, Restriction> restrictions =
            Collections.synchronizedMap(new EnumMap<>(Restriction.Type.class));

    ServerInfoQuery(RedisLink link, Deadline deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    /** @param scripts whether Redis runs scripts; only then is it determined whether they may call {@code TIME} */
    CompletionStage<ServerInfo> send(boolean scripts) {
        var info = send(Restriction.Type.INFO, redis -> redis.info());
        var length = send(Restriction.Type.SLOWLOG, redis -> redis.slowlogLen());
        // Reads only the number of the entry: the rest shows the command and its arguments.
        var newest = send(Restriction.Type.SLOWLOG, redis -> redis.slowlogGet(1));
        var ahead = clockAhead();
        var named = send(Restriction.Type.CLIENT, ServerInfoQuery::nameConnection);
        var timed = scripts && link.settings().clock() == ClockSource.AUTO
                ? send(Restriction.Type.TIME_IN_SCRIPTS, ServerInfoQuery::timeInScript)
                : named;
        return CompletableFuture.allOf(info, length, newest, ahead, named, timed)
                .thenApply(_ -> new ServerInfo(
                        info.join().map(ServerInfoQuery::fields),
                        length.join(),
                        newest.join().map(ServerInfoQuery::total),
                        ahead.join(),
                        List.copyOf(restrictions.values())));
    }

    static Map<String, String> fields(String info) {
        var fields = new HashMap<String, String>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0 && line.charAt(0) != '#') {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return fields;
    }

    private CompletableFuture<Reported<Duration>> clockAhead() {
        var before = MicroClock.now();
        return send(Restriction.Type.TIME, redis -> redis.time())
                .thenApply(reply -> reply.map(time -> {
                    var there = Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
                    return Duration.of(ahead(before, there, MicroClock.now()), ChronoUnit.MICROS);
                }));
    }

    /** Returns the distance of {@code there} from the interval between query and reply; negative if before it. */
    private static long ahead(long before, long there, long after) {
        return there > after ? there - after : Math.min(there - before, 0);
    }

    /** Entries are numbered from 0. */
    private static long total(List<Object> newest) {
        return !newest.isEmpty()
                        && newest.getFirst() instanceof List<?> entry
                        && entry.getFirst() instanceof Long number
                ? number + 1
                : 0;
    }

    /** Repeats the handshake's command, whose rejection the driver ignores. On a cluster, its own method opens connections. */
    private static CompletionStage<String> nameConnection(RedisClusterAsyncCommands<String, String> redis) {
        var name = new CommandArgs<>(StringCodec.UTF8).add("SETNAME").add("gatehouse");
        return redis.dispatch(CommandType.CLIENT, new StatusOutput<>(StringCodec.UTF8), name);
    }

    private static CompletionStage<Long> timeInScript(RedisClusterAsyncCommands<String, String> redis) {
        return redis.eval("redis.call('TIME') return 1", ScriptOutputType.INTEGER, "gh:{_probe}:time");
    }

    private <T> CompletableFuture<Reported<T>> send(
            Restriction.Type type, Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command) {
        return link.callUntracked(command, deadline)
                .thenApply(reply -> reported(type, reply))
                .toCompletableFuture();
    }

    private <T> Reported<T> reported(Restriction.Type type, Reply<T> reply) {
        return switch (reply) {
            case Answered<T>(var value) -> Reported.of(value);
            case Refused<T>(var code) -> {
                if (RESTRICTION_CODES.contains(code)) {
                    restrictions.put(type, new Restriction(type, code));
                }
                yield Reported.withheld(
                        code.equals("NOPERM")
                                ? "the user may not run " + type.name()
                                : type.name() + " is rejected here with " + code);
            }
            case NotSent<T> _, Unknown<T> _ -> Reported.withheld("there was no reply to " + type.name() + " in time");
        };
    }
}
