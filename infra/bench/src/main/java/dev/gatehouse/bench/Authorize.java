package dev.gatehouse.bench;

import dev.gatehouse.authorizer.Authorization;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.AuthorizationRequest;
import dev.gatehouse.authorizer.AuthorizationRequest.OnLimit;
import dev.gatehouse.authorizer.Authorizer;
import dev.gatehouse.authorizer.RedisAuthorizer;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.session.RedisSessions;
import java.util.List;
import java.util.Map;

/** A request authorised by its session and two limits of its user. */
final class Authorize implements Contestant {

    private static final List<Limit> LIMITS =
            List.of(Limit.of("burst", 1_000_000, 1), Limit.of("hour", 1_000_000_000, 60));

    private final RedisLink link;
    private final Authorizer authorizer;
    private final BenchSessions begun;

    Authorize(String url) {
        link = RedisLink.to(RedisSettings.fromEnvironment(Map.of("REDIS_URL", url)));
        authorizer = new RedisAuthorizer(link, null);
        begun = new BenchSessions(new RedisSessions(link));
    }

    @Override
    public String name() {
        return "Gatehouse, session and two limits";
    }

    @Override
    public void decide(String subject) throws Exception {
        var request = new AuthorizationRequest(begun.of(subject), LIMITS, "192.0.2.1", List.of(), OnLimit.DENY);
        var answer = authorizer
                .authorize(BenchSessions.TENANT, request, BenchSessions.soon())
                .toCompletableFuture()
                .get();
        if (!(answer instanceof Decided<Authorization>(var authorization, var source))
                || source != Source.REDIS
                || !(authorization instanceof Authorized)) {
            throw new IllegalStateException("Not authorised by Redis: " + answer);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
