// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionStore;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Checks whether the sessions that opened WebSockets have ended. It is no use of a session, and needs no token. */
final class SessionCheck {

    private final SessionStore sessions;
    private final String tenant;

    SessionCheck(SessionStore sessions, String tenant) {
        this.sessions = sessions;
        this.tenant = tenant;
    }

    /** Returns whether a session was revoked or has ended; false if Redis does not reply. */
    CompletionStage<Boolean> hasEnded(Session opened, Deadline deadline) {
        return sessions.list(tenant, opened.userId(), deadline)
                .thenApply(decision -> decision instanceof Decided<List<Session>>(var live, var _)
                        && live.stream().noneMatch(session -> session.id().equals(opened.id())));
    }
}
