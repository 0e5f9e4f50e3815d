// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * Reads the live connections of a channel from Redis in one round trip: {@code EVALSHA recipients.lua}: {@code TIME},
 * {@code HGETALL} of the members, the key {@code p} of {@link ChannelName#redisKey}. It is sent again after a lost reply.
 */
public final class RedisChannelRecipients implements ChannelRecipients {

    private static final Script RECIPIENTS =
            Script.beside(RedisChannelRecipients.class, "recipients").replyingPacked();

    private final RetryableScripts scripts;

    public RedisChannelRecipients(RedisLink link) {
        this.scripts = new RetryableScripts(link);
    }

    @Override
    public CompletionStage<Decision<List<MemberConnection>>> of(
            String tenant, ChannelName channel, String exclude, Deadline deadline) {
        var call = ScriptCall.of(RECIPIENTS)
                .key(channel.redisKey(tenant, "p"))
                .number(ChannelLog.MAX_RECIPIENTS)
                .text(exclude);
        return scripts.run(call, deadline)
                .thenApply(reply -> Decision.of(reply.map(RedisChannelRecipients::connections)));
    }

    private static List<MemberConnection> connections(ScriptReply reply) {
        return IntStream.range(0, reply.size() / 2)
                .mapToObj(i -> new MemberConnection(reply.text(1 + 2 * i), reply.text(2 + 2 * i)))
                .toList();
    }
}
