package dev.gatehouse.bench;

import dev.gatehouse.fallback.Answer.Decided;
import dev.gatehouse.fallback.Answer.Source;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Creation;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.Sessions;
import dev.gatehouse.session.Touch;
import dev.gatehouse.session.UserId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A session looked up and touched, as each request does. */
final class SessionLookup implements Contestant {

    private static final Attributes ATTRIBUTES = new Attributes(Map.of("theme", new Attribute.Value("\"dark\"")));

    private final RedisLink link;
    private final Sessions sessions;
    private final Map<String, SessionToken> tokens = new ConcurrentHashMap<>();

    SessionLookup(String url) {
        link = RedisLink.to(RedisSettings.fromEnvironment(Map.of("REDIS_URL", url)));
        sessions = new RedisSessions(link);
    }

    @Override
    public String name() {
        return "Gatehouse";
    }

    @Override
    public void decide(String subject) throws Exception {
        var token = tokens.computeIfAbsent(subject, this::create);
        var answer = sessions.lookup("bench", token, Touch.TOUCH, soon())
                .toCompletableFuture()
                .get();
        if (!(answer instanceof Decided<Lookup>(var lookup, var source))
                || source != Source.REDIS
                || !(lookup instanceof Found(var session))
                || !session.attributes().equals(ATTRIBUTES)) {
            throw new IllegalStateException("Not found by Redis: " + answer);
        }
    }

    private SessionToken create(String subject) {
        var request = SessionRequest.of(
                new UserId(subject), ATTRIBUTES, Device.UNKNOWN, 1800, 86_400, 10, OnLimit.EVICT_OLDEST);
        var answer = sessions.create("bench", request, soon()).toCompletableFuture().join();
        if (!(answer instanceof Decided<Creation>(var creation, var _)) || !(creation instanceof Created)) {
            throw new IllegalStateException("Not created: " + answer);
        }
        return request.token();
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(1));
    }

    @Override
    public void close() {
        link.close();
    }
}
