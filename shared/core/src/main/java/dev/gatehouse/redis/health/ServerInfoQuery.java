package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Queries {@link ServerInfo} by pipelined commands, untracked because managed services reject some of them. */
final class ServerInfoQuery {

    private final RedisLink link;
    private final Deadline deadline;

    ServerInfoQuery(RedisLink link, Deadline deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    CompletionStage<ServerInfo> send() {
        var info = send("INFO", redis -> redis.info()).thenApply(reply -> reply.map(ServerInfoQuery::fields));
        var length = send("SLOWLOG", redis -> redis.slowlogLen());
        // Reads only the number of the entry: the rest shows the command and its arguments.
        var newest =
                send("SLOWLOG", redis -> redis.slowlogGet(1)).thenApply(reply -> reply.map(ServerInfoQuery::total));
        var ahead = clockAhead();
        return info.thenCompose(fields -> length.thenCompose(entries ->
                newest.thenCompose(total -> ahead.thenApply(clock -> new ServerInfo(fields, entries, total, clock)))));
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

    private CompletionStage<Reported<Duration>> clockAhead() {
        var before = MicroClock.now();
        return send("TIME", redis -> redis.time())
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

    private <T> CompletionStage<Reported<T>> send(
            String name, Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command) {
        return link.callUntracked(command, deadline).thenApply(reply -> reported(name, reply));
    }

    private static <T> Reported<T> reported(String name, Reply<T> reply) {
        return switch (reply) {
            case Answered<T>(var value) -> Reported.of(value);
            case Refused<T>(var code) ->
                Reported.withheld(
                        code.equals("NOPERM")
                                ? "the user may not run " + name
                                : name + " is rejected here with " + code);
            case NotSent<T> _, Unknown<T> _ -> Reported.withheld("there was no reply to " + name + " in time");
        };
    }
}
