// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.channel.PublishOutcome.TooManyRecipients;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Keeps the logs on Redis, in one round trip for each operation.
 *
 * <p>A channel has two keys, named by {@link ChannelName#redisKey}: {@code log}, a stream, and {@code logi}, the ids of its events
 * and how much is kept.
 *
 * <table>
 * <caption>The commands of each operation</caption>
 * <tr><td>publish</td><td>{@code EVALSHA publish.lua}: {@code TIME}; {@code XREVRANGE}, {@code HLEN}, {@code HGET};
 * {@code XADD}, {@code HSET}, {@code XLEN}; dropping events, {@code XRANGE}, {@code HDEL} each, {@code XTRIM};
 * {@code PEXPIRE} twice; {@code PUBLISH} to the channel with the name of {@code log}; with recipients {@code HGETALL} of the members</td></tr>
 * <tr><td>catchUp</td><td>{@code EVALSHA catch-up.lua}: {@code TIME}; {@code XREVRANGE}, {@code HLEN}; {@code XRANGE} twice;
 * {@code PTTL}; at times {@code PEXPIRE} twice</td></tr>
 * <tr><td>the first of a log</td><td>also {@code DEL}, {@code XADD}</td></tr>
 * </table>
 *
 * <p>A publication wakes those who subscribe to the name of {@code log}. Without the right to {@code PUBLISH} nobody is woken.
 *
 * <p>A call without a reply is sent again within the deadline; the id identifies the publication.
 *
 * <p><b>Redis can lose data.</b> Readers at a lost position get an outcome that is not recovered. If only the ids are lost, a
 * publication can be repeated.
 *
 * <p>A key that Gatehouse did not write remains unchanged, and the decision is unavailable.
 */
public final class RedisChannelLog implements ChannelLog {

    /** The kind of the key of a log, for {@link ChannelName#redisKey}. */
    public static final String EVENTS = "log";

    /** The kind of the key of a log of signals. */
    public static final String SIGNALS = "sig";

    private static final Script PUBLISH = script("publish");
    private static final Script CATCH_UP = script("catch-up");

    private final RetryableScripts scripts;
    private final String logKey;
    private final String idsKey;

    public RedisChannelLog(RedisLink link) {
        this(link, EVENTS, "logi");
    }

    private RedisChannelLog(RedisLink link, String logKey, String idsKey) {
        this.scripts = new RetryableScripts(link);
        this.logKey = logKey;
        this.idsKey = idsKey;
    }

    /** Returns other logs of the same channels, in the keys {@code sig} and {@code sigi}. */
    public static RedisChannelLog ofSignals(RedisLink link) {
        return new RedisChannelLog(link, SIGNALS, "sigi");
    }

    private static Script script(String name) {
        return Script.beside(RedisChannelLog.class, name).replyingPacked();
    }

    @Override
    public CompletionStage<Decision<PublishOutcome>> publish(
            String tenant, ChannelName channel, Publication publication, Deadline deadline) {
        var recipients = publication.recipients();
        var keep = publication.keep().orElse(Keep.DEFAULT);
        var call = call(PUBLISH, tenant, channel)
                .text(RandomToken.next())
                .text(publication.id())
                .text(publication.event())
                .text(publication.data())
                .number(keep.events())
                .number(Duration.ofSeconds(keep.seconds()).toMillis())
                .number(MAX_RECIPIENTS)
                .text(recipients.map(Publication.Recipients::exclude).orElse(""))
                .text(publication.from().orElse(""))
                .flag(publication.keep().isEmpty());
        recipients.ifPresent(_ -> call.key(channel.redisKey(tenant, "p")));
        return run(
                call,
                reply -> switch (reply.word()) {
                    case "published" -> published(reply, false);
                    case "repeated" -> published(reply, true);
                    case "too-many-recipients" -> new TooManyRecipients(Math.toIntExact(reply.number(1)));
                    default -> throw reply.unexpected();
                },
                deadline);
    }

    private static Published published(ScriptReply reply, boolean repeated) {
        var recipients = new ArrayList<MemberConnection>();
        for (int i = 3; i < reply.size(); i += 2) {
            recipients.add(new MemberConnection(reply.text(i), reply.text(i + 1)));
        }
        return new Published(new Position(reply.number(1), reply.text(2)), repeated, recipients);
    }

    @Override
    public CompletionStage<Decision<CatchUp>> catchUp(
            String tenant, ChannelName channel, Optional<Position> since, int limit, Deadline deadline) {
        ChannelLog.requireLimit(limit);
        var call = call(CATCH_UP, tenant, channel)
                .number(since.map(Position::offset).orElse(0L))
                .text(since.map(Position::nonce).orElse(""))
                .number(limit)
                .number(Duration.ofSeconds(Keep.DEFAULT.seconds()).toMillis());
        return run(call, RedisChannelLog::caughtUp, deadline);
    }

    private static CatchUp caughtUp(ScriptReply reply) {
        return switch (reply.word()) {
            case "end" -> CatchUp.nothing(true, new Position(reply.number(1), reply.text(2)));
            case "lost" -> CatchUp.nothing(false, new Position(reply.number(1), reply.text(2)));
            case "events" -> {
                var events = new ArrayList<ChannelEvent>();
                for (int i = 2; i < reply.size(); i += 7) {
                    events.add(new ChannelEvent(
                            new Position(reply.number(i), reply.text(i + 1)),
                            reply.text(i + 2),
                            reply.text(i + 3),
                            new String(reply.bytes(i + 4), StandardCharsets.UTF_8),
                            reply.instant(i + 5),
                            Optional.of(reply.text(i + 6)).filter(from -> !from.isEmpty())));
                }
                yield new CatchUp(true, events, events.getLast().at(), reply.flag(1));
            }
            default -> throw reply.unexpected();
        };
    }

    private ScriptCall call(Script script, String tenant, ChannelName channel) {
        return ScriptCall.of(script)
                .key(channel.redisKey(tenant, logKey))
                .key(channel.redisKey(tenant, idsKey))
                .text(RandomToken.next());
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> outcome, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> Decision.of(reply.map(outcome)));
    }
}
