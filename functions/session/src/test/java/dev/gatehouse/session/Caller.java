// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** Calls the sessions of one tenant and waits for the decisions. */
record Caller(SessionStore sessions, String tenant) {

    Creation create(SessionRequest request) {
        return decided(sessions.create(tenant, request, patience()));
    }

    Lookup lookup(SessionToken token, Touch touch) {
        return decided(sessions.lookup(tenant, token, touch, patience()));
    }

    boolean opens(SessionToken token) {
        return lookup(token, Touch.LOOK) instanceof Lookup.Found;
    }

    Patching patch(SessionId id, Attributes patch, OptionalLong version) {
        return decided(sessions.patch(tenant, id, patch, version, patience()));
    }

    Rotation rotate(SessionToken token, Grace grace) {
        return decided(sessions.rotate(tenant, token, grace, patience()));
    }

    Rotation elevate(SessionToken token, Rotation.Grant grant, Grace grace) {
        return decided(sessions.elevate(tenant, token, grant, grace, patience()));
    }

    int revoke(SessionId id) {
        return decided(sessions.revoke(tenant, id, patience()));
    }

    int revokeAll(UserId user, Optional<SessionId> except) {
        return decided(sessions.revokeAll(tenant, user, except, patience()));
    }

    List<Session> list(UserId user) {
        return decided(sessions.list(tenant, user, patience()));
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
