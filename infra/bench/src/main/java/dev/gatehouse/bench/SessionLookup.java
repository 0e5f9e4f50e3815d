package dev.gatehouse.bench;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.Sessions;
import dev.gatehouse.session.Touch;
import java.util.Map;

/** A session looked up and touched, as each request does. */
final class SessionLookup implements Contestant {

    private final RedisLink link;
    private final Sessions sessions;
    private final BenchSessions begun;

    SessionLookup(String url) {
        link = RedisLink.to(RedisSettings.fromEnvironment(Map.of("REDIS_URL", url)));
        sessions = new RedisSessions(link);
        begun = new BenchSessions(sessions);
    }

    @Override
    public String name() {
        return "Gatehouse";
    }

    @Override
    public void decide(String subject) throws Exception {
        var answer = sessions.lookup(BenchSessions.TENANT, begun.of(subject), Touch.TOUCH, BenchSessions.soon())
                .toCompletableFuture()
                .get();
        if (!(answer instanceof Decided<Lookup>(var lookup, var source))
                || source != Source.REDIS
                || !(lookup instanceof Found(var session))
                || !session.attributes().equals(BenchSessions.ATTRIBUTES)) {
            throw new IllegalStateException("Not found by Redis: " + answer);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
