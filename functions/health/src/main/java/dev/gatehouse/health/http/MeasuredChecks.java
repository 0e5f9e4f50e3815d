package dev.gatehouse.health.http;

import dev.gatehouse.redis.health.CheckListener;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Absent;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.ServerFacts;
import dev.gatehouse.telemetry.RedisFigure;
import dev.gatehouse.telemetry.RedisFigures;
import dev.gatehouse.telemetry.Telemetry;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells telemetry what each check found; that nothing is known too, lest old figures pass for new ones. */
final class MeasuredChecks implements CheckListener {

    /** Of {@code ip=192.0.2.7,port=6379,state=online,offset=1234,lag=0}. */
    private static final Pattern OFFSET = Pattern.compile("(?:^|,)offset=([0-9]{1,18})(?:,|$)");

    private final Telemetry telemetry;

    MeasuredChecks(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    @Override
    public void checked(RedisHealth health) {
        if (!(health instanceof Absent)) {
            telemetry.looked(health instanceof Connected connected ? figures(connected.facts()) : RedisFigures.NONE);
        }
    }

    private static RedisFigures figures(ServerFacts facts) {
        var max = facts.maxMemoryBytes().value();
        return RedisFigures.NONE
                .with(RedisFigure.MEMORY_USED_BYTES, facts.usedMemoryBytes().value())
                .with(RedisFigure.MEMORY_MAX_BYTES, max == null || max == 0 ? null : max)
                .with(RedisFigure.CONNECTED_CLIENTS, facts.connectedClients().value())
                .with(RedisFigure.MAX_CLIENTS, facts.maxClients().value())
                .with(RedisFigure.REPLICATION_LAG_BYTES, replicationLag(facts))
                .with(RedisFigure.SLOWLOG_LENGTH, facts.slowLogLength().value())
                .with(RedisFigure.EVICTED_KEYS, facts.evictedKeys().value());
    }

    /** Of the replica farthest behind; null where there is none, or Redis does not tell how far each one is. */
    private static @Nullable Long replicationLag(ServerFacts facts) {
        var written = number(facts.text("master_repl_offset").value());
        if (written == null) {
            return null;
        }
        Long most = null;
        int i = 0;
        for (var replica = replica(facts, i); replica != null; replica = replica(facts, ++i)) {
            var offset = OFFSET.matcher(replica);
            if (offset.find()) {
                long lag = Math.max(0, written - Long.parseLong(offset.group(1)));
                most = most == null ? lag : Math.max(most, lag);
            }
        }
        return most;
    }

    private static @Nullable String replica(ServerFacts facts, int number) {
        return facts.text("slave" + number).value();
    }

    private static @Nullable Long number(@Nullable String text) {
        return text == null || !text.matches("[0-9]{1,18}") ? null : Long.valueOf(text);
    }
}
