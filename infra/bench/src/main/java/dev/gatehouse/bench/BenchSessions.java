// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.UserId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Creates one session for each subject, on first use. */
public final class BenchSessions {

    public static final Attributes ATTRIBUTES = new Attributes(Map.of("theme", new Attribute.Value("\"dark\"")));

    private final SessionStore sessions;
    private final String tenant;
    private final Map<String, SessionToken> tokens = new ConcurrentHashMap<>();

    public BenchSessions(SessionStore sessions, String tenant) {
        this.sessions = sessions;
        this.tenant = tenant;
    }

    public SessionToken of(String subject) {
        return tokens.computeIfAbsent(subject, this::create);
    }

    private SessionToken create(String subject) {
        var request = SessionRequest.of(
                new UserId(subject), ATTRIBUTES, Device.UNKNOWN, 1800, 86_400, 10, OnLimit.EVICT_OLDEST);
        if (!(BenchRedis.decided(sessions.create(tenant, request, BenchRedis.deadline())) instanceof Created)) {
            throw new IllegalStateException("not created");
        }
        return request.token();
    }
}
