// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Stores the channels of WebSockets on Redis, in one round trip for each operation, for processes that do not hold the
 * WebSockets themselves.
 *
 * <p>A WebSocket has one key, {@code gh:{<tenant>:<tag>}:wsc:<digest>}, which {@code connection.lua} describes. It expires
 * {@link #LIFE} after the last change.
 *
 * <table>
 * <caption>The commands of each operation</caption>
 * <tr><td>add</td><td>{@code EVALSHA add-channel.lua}: {@code TIME}, {@code GET}, {@code SET … PX}</td></tr>
 * <tr><td>remove</td><td>{@code EVALSHA remove-channel.lua}: {@code TIME}, {@code GET}, {@code SET … PX} or {@code DEL}</td></tr>
 * <tr><td>all</td><td>{@code EVALSHA channels.lua}: {@code TIME}, {@code GET}</td></tr>
 * <tr><td>due</td><td>{@code EVALSHA due-channels.lua}: {@code TIME}, {@code GET}, {@code SET … PX} or {@code DEL}</td></tr>
 * </table>
 *
 * <p>All but {@code due} are sent again after a lost reply.
 *
 * <p>A key that Gatehouse did not write remains unchanged, and the decision is unavailable.
 */
public final class RedisConnectionChannels implements ConnectionChannels {

    /** Exceeds the two hours after which API Gateway closes any connection. */
    static final Duration LIFE = Duration.ofMinutes(135);

    private static final Script ADD = script("add-channel");
    private static final Script REMOVE = script("remove-channel");
    private static final Script ALL = script("channels");
    private static final Script DUE = script("due-channels");

    private final RedisLink link;
    private final RetryableScripts scripts;

    public RedisConnectionChannels(RedisLink link) {
        this.link = link;
        this.scripts = new RetryableScripts(link);
    }

    private static Script script(String name) {
        return Script.beside(RedisConnectionChannels.class, name).replyingPacked();
    }

    @Override
    public CompletionStage<Decision<Boolean>> add(SocketUser user, ChannelName channel, Deadline deadline) {
        var call = call(ADD, user).text(channel.value()).number(MAX_CHANNELS).number(LIFE.toMillis());
        return run(call, reply -> reply.has(0, "added"), deadline);
    }

    @Override
    public CompletionStage<Decision<Boolean>> remove(SocketUser user, ChannelName channel, Deadline deadline) {
        var call = call(REMOVE, user).text(channel.value()).number(LIFE.toMillis());
        return run(call, reply -> reply.has(0, "removed"), deadline);
    }

    @Override
    public CompletionStage<Decision<List<ChannelName>>> all(SocketUser user, Deadline deadline) {
        return run(call(ALL, user), RedisConnectionChannels::channels, deadline);
    }

    /** A repetition would find the heartbeat of a call whose reply was lost. */
    @Override
    public CompletionStage<Decision<List<ChannelName>>> due(SocketUser user, Duration interval, Deadline deadline) {
        var call = call(DUE, user).micros(interval).number(LIFE.toMillis());
        return link.run(call, deadline).thenApply(reply -> Decision.of(reply.map(RedisConnectionChannels::channels)));
    }

    private static List<ChannelName> channels(ScriptReply reply) {
        return IntStream.range(1, reply.size())
                .mapToObj(i -> new ChannelName(reply.text(i)))
                .toList();
    }

    /** The tag is that of the connection's id; the digest has the user too. */
    private static ScriptCall call(Script script, SocketUser user) {
        var digest = Sha256.base64Url((user.connectionId() + " " + user.userId()).getBytes(StandardCharsets.US_ASCII));
        return ScriptCall.of(script)
                .key("gh:{" + user.tenant() + ":" + HashTag.of(user.connectionId()) + "}:wsc:" + digest);
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> outcome, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> Decision.of(reply.map(outcome)));
    }
}
