// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Stores presence on Redis, in one round trip for each operation.
 *
 * <p>A channel has four keys, named by {@link ChannelName#redisKey}: {@code p}, {@code pe}, {@code pn} and {@code pt}, which
 * {@code presence.lua} describes. A reply that reports something is kept for a minute under a fifth key, {@code pr} with the id of
 * the request.
 *
 * <table>
 * <caption>The commands of each operation</caption>
 * <tr><td>enter</td><td>{@code EVALSHA enter.lua}: {@code TIME}; {@code GET}; {@code HGET}; {@code ZRANGEBYSCORE};
 * {@code HSET}, {@code ZADD} twice; {@code ZRANGE}, {@code PEXPIRE} three times; joined, {@code SET … PX}</td></tr>
 * <tr><td>leave</td><td>{@code EVALSHA leave.lua}: as enter, with {@code HDEL} and {@code ZREM} three times for a user who
 * left</td></tr>
 * <tr><td>list</td><td>{@code EVALSHA members.lua}: {@code TIME}; {@code GET}; {@code ZCOUNT} twice; {@code ZRANGEBYLEX};
 * {@code HGET} for each user; {@code ZRANGEBYSCORE}, {@code ZRANGE}, {@code PEXPIRE} three times</td></tr>
 * <tr><td>type</td><td>{@code EVALSHA typing.lua}: {@code TIME}; {@code HGET}; {@code ZRANGEBYSCORE} twice; {@code ZSCORE},
 * {@code ZADD} or {@code ZREM}; {@code ZRANGE}, {@code PEXPIRE}</td></tr>
 * <tr><td>each</td><td>{@code ZCARD} twice</td></tr>
 * <tr><td>each user who departed</td><td>{@code HDEL}, {@code ZREM} three times</td></tr>
 * </table>
 *
 * <p>All but {@code type} are sent again after a lost reply. Redis may lose data in a failover or a restart: then members are
 * absent until their next heartbeat, and join again without having left.
 *
 * <p>A key that Gatehouse did not write remains unchanged, and the decision is unavailable.
 */
public final class RedisPresence implements PresenceStore {

    private static final Script ENTER = script("enter");
    private static final Script LEAVE = script("leave");
    private static final Script MEMBERS = script("members");
    private static final Script TYPING = script("typing");

    private final RedisLink link;
    private final RetryableScripts scripts;

    public RedisPresence(RedisLink link) {
        this.link = link;
        this.scripts = new RetryableScripts(link);
    }

    private static Script script(String name) {
        return Script.beside(RedisPresence.class, name).replyingPacked();
    }

    @Override
    public CompletionStage<Decision<Entered>> enter(
            String tenant, ChannelName channel, EnterRequest request, Deadline deadline) {
        var call = repeatable(ENTER, tenant, channel, request.requestId())
                .text(request.connection().userId())
                .text(request.connection().connectionId())
                .micros(Duration.ofSeconds(request.ttlSeconds()))
                .text(request.info().orElse(""))
                .number(MAX_CONNECTIONS);
        return run(
                call,
                reply -> new Entered(
                        reply.flag(1),
                        Math.toIntExact(reply.number(2)),
                        reply.instant(3),
                        texts(reply, 4, reply.size())),
                deadline);
    }

    @Override
    public CompletionStage<Decision<Departures>> leave(
            String tenant, ChannelName channel, List<MemberConnection> connections, Deadline deadline) {
        PresenceStore.requireLeaving(connections);
        var call = repeatable(LEAVE, tenant, channel, RandomToken.next());
        connections.forEach(connection -> call.text(connection.userId()).text(connection.connectionId()));
        return run(
                call,
                reply -> {
                    int departed = 2 + Math.toIntExact(reply.number(1));
                    return new Departures(texts(reply, 2, departed), texts(reply, departed, reply.size()));
                },
                deadline);
    }

    @Override
    public CompletionStage<Decision<MemberPage>> list(
            String tenant, ChannelName channel, int limit, Optional<String> after, Deadline deadline) {
        MemberPage.requireLimit(limit);
        var call = repeatable(MEMBERS, tenant, channel, RandomToken.next())
                .number(limit)
                .text(after.orElse(""));
        return run(call, RedisPresence::page, deadline);
    }

    @Override
    public CompletionStage<Decision<TypingUsers>> type(
            String tenant,
            ChannelName channel,
            MemberConnection connection,
            boolean typing,
            long ttlMillis,
            Deadline deadline) {
        PresenceStore.requireTypingMillis(ttlMillis);
        var call = call(TYPING, tenant, channel)
                .text(connection.userId())
                .text(connection.connectionId())
                .flag(typing)
                .micros(Duration.ofMillis(ttlMillis))
                .number(TypingUsers.MAX_USERS);
        return link.run(call, deadline)
                .thenApply(reply -> Decision.of(
                        reply.map(values -> new TypingUsers(values.flag(1), texts(values, 2, values.size())))));
    }

    private static MemberPage page(ScriptReply reply) {
        int first = 4 + Math.toIntExact(reply.number(3));
        var members = new ArrayList<Member>();
        for (int i = first; i < reply.size(); i += 4) {
            var info = new String(reply.bytes(i + 3), StandardCharsets.UTF_8);
            members.add(new Member(
                    reply.text(i),
                    Math.toIntExact(reply.number(i + 1)),
                    reply.instant(i + 2),
                    Optional.of(info).filter(json -> !json.isEmpty())));
        }
        var next = reply.flag(2) ? Optional.of(members.getLast().userId()) : Optional.<String>empty();
        return new MemberPage(members, reply.number(1), texts(reply, 4, first), next);
    }

    private static List<String> texts(ScriptReply reply, int from, int to) {
        return IntStream.range(from, to).mapToObj(reply::text).toList();
    }

    private static ScriptCall call(Script script, String tenant, ChannelName channel) {
        return ScriptCall.of(script)
                .key(channel.redisKey(tenant, "p"))
                .key(channel.redisKey(tenant, "pe"))
                .key(channel.redisKey(tenant, "pn"))
                .key(channel.redisKey(tenant, "pt"));
    }

    private static ScriptCall repeatable(Script script, String tenant, ChannelName channel, String requestId) {
        return call(script, tenant, channel).key(channel.redisKey(tenant, "pr") + ":" + requestId);
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> outcome, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> Decision.of(reply.map(outcome)));
    }
}
