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
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks Redis for what it tells of itself, all in one go and aside: many a service refuses a part of it. */
final class ServerInquiry {

    private final RedisLink link;
    private final Deadline deadline;

    ServerInquiry(RedisLink link, Deadline deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    CompletionStage<ServerFacts> ask() {
        var info = ask("INFO", redis -> redis.info()).thenApply(told -> told.map(Info::parse));
        var length = ask("SLOWLOG", redis -> redis.slowlogLen());
        // Of an entry only its number is looked at: the rest shows what was sent.
        var newest = ask("SLOWLOG", redis -> redis.slowlogGet(1)).thenApply(told -> told.map(ServerInquiry::total));
        var ahead = clockAhead();
        return info.thenCompose(known -> length.thenCompose(entries ->
                newest.thenCompose(total -> ahead.thenApply(clock -> new ServerFacts(known, entries, total, clock)))));
    }

    private CompletionStage<Told<Duration>> clockAhead() {
        var before = MicroClock.now();
        return ask("TIME", redis -> redis.time())
                .thenApply(told -> told.map(time -> {
                    var there = Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
                    return Duration.of(ahead(before, there, MicroClock.now()), ChronoUnit.MICROS);
                }));
    }

    /** How far {@code there} lies outside of the time in which it was told. */
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

    private <T> CompletionStage<Told<T>> ask(
            String command, Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> asking) {
        return link.callUntracked(asking, deadline).thenApply(reply -> told(command, reply));
    }

    private static <T> Told<T> told(String command, Reply<T> reply) {
        return switch (reply) {
            case Answered<T>(var value) -> Told.of(value);
            case Refused<T>(var code) ->
                Told.withheld(
                        code.equals("NOPERM")
                                ? "the user may not run " + command
                                : command + " is refused here with " + code);
            case NotSent<T> _, Unknown<T> _ -> Told.withheld(command + " was not answered in time");
        };
    }
}
