// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.Access.AmbiguousPath;
import dev.gatehouse.authorizer.Access.Anonymous;
import dev.gatehouse.authorizer.Access.ForeignOrigin;
import dev.gatehouse.authorizer.Access.WithSession;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.Forbidden;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.Authorization.Unauthorized.Reason;
import dev.gatehouse.authorizer.AuthorizationRequest.OnLimit;
import dev.gatehouse.ratelimit.CheckedLimits.Entry;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.session.Grace;
import dev.gatehouse.session.Rotation.Grant;
import dev.gatehouse.session.Rotation.Rotated;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract of {@link Authorizer} for each {@link Access}. */
abstract class AccessContract extends AuthorizerContract {

    @Test
    void authorizesAnAnonymousRequestAndChargesItsAddress() {
        var anonymous = request(new Anonymous(), null, List.of(), List.of(PER_ADDRESS), OnLimit.DENY);
        for (int i = 0; i < 3; i++) {
            assertThat(decide(anonymous)).isInstanceOfSatisfying(Authorized.class, authorized -> {
                assertThat(authorized.session()).isNull();
                assertThat(authorized.quotas().exceeded()).isFalse();
            });
        }
        assertThat(decide(anonymous)).isInstanceOf(OverLimit.class);
        var flagging = request(new Anonymous(), null, List.of(), List.of(PER_ADDRESS), OnLimit.FLAG);
        assertThat(((Authorized) decide(flagging)).quotas().exceeded()).isTrue();
    }

    @Test
    void forbidsASessionWithoutARequiredAttributeAndChargesItAllTheSame() {
        var admin = TestSessions.create(sessions(), tenant(), "ada", TestSessions.attributes("role", "\"admin\""));
        var user = TestSessions.create(sessions(), tenant(), "bob", TestSessions.attributes("role", "\"user\""));
        var none = begin("eve");
        var access = new WithSession(Map.of("role", "admin"), null);

        assertThat(decide(request(access, admin.token(), List.of(TWO), List.of(PER_ADDRESS), OnLimit.DENY)))
                .isInstanceOf(Authorized.class);
        var forbidden =
                (Forbidden) decide(request(access, user.token(), List.of(TWO), List.of(PER_ADDRESS), OnLimit.DENY));
        assertThat(forbidden.session()).isEqualTo(user.session());
        assertThat(forbidden.quotas().all())
                .isEqualTo(List.of(new Entry(PER_ADDRESS, allowed(1, 200)), new Entry(TWO, allowed(1, 300))));
        assertThat(decide(request(access, none.token(), List.of(), List.of(), OnLimit.FLAG)))
                .isInstanceOf(Forbidden.class);
        assertThat(decide(request(access, admin.stranger(), List.of(), List.of(), OnLimit.DENY)))
                .isEqualTo(new Unauthorized());
        assertThat(decide(request(access, null, List.of(), List.of(), OnLimit.DENY)))
                .isEqualTo(new Unauthorized());
        assertThat(used(TWO, "bob")).isEqualTo(1);

        exhaust(TWO, "eve");
        assertThat(decide(request(access, none.token(), List.of(TWO), List.of(), OnLimit.DENY)))
                .as("the limit first")
                .isInstanceOf(OverLimit.class);
    }

    @Test
    void requiresTheLevelUntilItEnds() {
        var begun = begin("ada");
        var strong = new WithSession(Map.of(), "strong");
        assertThat(decide(request(strong, begun.token(), List.of(), List.of(), OnLimit.DENY)))
                .isInstanceOf(Forbidden.class);
        var elevation =
                join(sessions().elevate(tenant(), begun.token(), new Grant("strong", 60), new Grace(0), deadline()));
        var token = ((Rotated) elevation).token();

        pass(60 * SECOND - 1);
        assertThat(decide(request(strong, token, List.of(TEN), List.of(PER_ADDRESS), OnLimit.DENY)))
                .isInstanceOf(Authorized.class);
        assertThat(decide(request(new WithSession(Map.of(), "other"), token, List.of(), List.of(), OnLimit.DENY)))
                .isInstanceOf(Forbidden.class);
        pass(1);
        assertThat(decide(request(strong, token, List.of(TEN), List.of(PER_ADDRESS), OnLimit.DENY)))
                .isInstanceOf(Forbidden.class);
        assertThat(decide(request(token, List.of(), List.of()))).isInstanceOf(Authorized.class);
    }

    @Test
    void nothingSufficesForAForeignOriginOrAnAmbiguousPath() {
        assertThat(decide(request(new ForeignOrigin(), null, List.of(), List.of(PER_ADDRESS), OnLimit.FLAG)))
                .isEqualTo(new Unauthorized(Reason.FOREIGN_ORIGIN));
        assertThat(decide(request(new AmbiguousPath(), null, List.of(), List.of(PER_ADDRESS), OnLimit.FLAG)))
                .isInstanceOfSatisfying(Forbidden.class, forbidden -> assertThat(forbidden.session())
                        .isNull());
        assertThat(used(PER_ADDRESS, IP)).isEqualTo(2);
    }

    @Test
    void chargesTheCostOfEachLimitOrNothing() {
        var ada = begin("ada");
        var limits = List.of(new ChargedLimit(TEN, 1), new ChargedLimit(Limit.of("exports", 9, 90), 5));
        var request = new AuthorizationRequest(Access.SESSION, ada.token(), limits, IP, List.of(), OnLimit.DENY);

        assertThat(decide(request)).isInstanceOf(Authorized.class);
        var over = (OverLimit) decide(request);

        assertThat(over.quotas().exceededNames()).containsExactly("exports");
        assertThat(over.quotas().retryAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(used(TEN, "ada")).isEqualTo(1);
        assertThat(used(Limit.of("exports", 9, 90), "ada")).isEqualTo(5);
    }
}
