package dev.gatehouse.bench;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Creation;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.Sessions;
import dev.gatehouse.session.UserId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A session for each subject, begun when it is first asked for. */
public final class BenchSessions {

    static final String TENANT = "bench";
    static final Attributes ATTRIBUTES = new Attributes(Map.of("theme", new Attribute.Value("\"dark\"")));

    private final Sessions sessions;
    private final String tenant;
    private final Map<String, SessionToken> tokens = new ConcurrentHashMap<>();

    BenchSessions(Sessions sessions) {
        this(sessions, TENANT);
    }

    public BenchSessions(Sessions sessions, String tenant) {
        this.sessions = sessions;
        this.tenant = tenant;
    }

    public SessionToken of(String subject) {
        return tokens.computeIfAbsent(subject, this::create);
    }

    private SessionToken create(String subject) {
        var request = SessionRequest.of(
                new UserId(subject), ATTRIBUTES, Device.UNKNOWN, 1800, 86_400, 10, OnLimit.EVICT_OLDEST);
        // The first waits for the connection, which takes its time on a busy machine.
        var patient = Deadline.in(Duration.ofSeconds(20));
        var answer =
                sessions.create(tenant, request, patient).toCompletableFuture().join();
        if (!(answer instanceof Decided<Creation>(var creation, var source)) || !(creation instanceof Created)) {
            throw new IllegalStateException("Not created: " + answer);
        }
        return request.token();
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(1));
    }
}
