// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.session.LocalSessions;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.TokenReuse;

class LocalAuthorizerTest extends AccessContract {

    private final SessionStore sessions = new LocalSessions(TokenReuse.LOG, 1000, 1_000_000, NOW::get);
    private final RateLimiter limiter = new LocalRateLimiter(1, 1000, NOW::get);
    private final Authorizer authorizer = new LocalAuthorizer(sessions, limiter);

    @Override
    Authorizer authorizer() {
        return authorizer;
    }

    @Override
    SessionStore sessions() {
        return sessions;
    }

    @Override
    RateLimiter limiter() {
        return limiter;
    }

    @Override
    Source source() {
        return Source.LOCAL;
    }
}
