// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.testkit.logs.LogCapture;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The part of the contract of {@link SessionStore} about replaced tokens that are used after their grace period. */
abstract class TokenReuseContract extends SessionsFixture {

    private static final List<BiFunction<Caller, SessionToken, Object>> USES = List.of(
            (caller, token) -> caller.lookup(token, Touch.TOUCH),
            (caller, token) -> caller.lookup(token, Touch.LOOK),
            (caller, token) -> caller.rotate(token, Grace.DEFAULT));

    private Caller caller(TokenReuse onReuse) {
        return new Caller(sessions(onReuse), tenant);
    }

    private SessionToken begin(Caller caller) {
        var request = request(ADA, Attributes.NONE, Device.UNKNOWN);
        created(caller.create(request));
        return request.token();
    }

    private static void assertReused(Object outcome) {
        assertThat(outcome).isIn(new Lookup.Reused(), new Rotation.Reused());
    }

    @Test
    void aReusedTokenDoesNotEndItsSessionByDefault() {
        for (var use : USES) {
            var caller = caller(TokenReuse.LOG);
            var token = begin(caller);
            var successor = rotated(caller.rotate(token, Grace.DEFAULT)).token();
            var session = caller.lookup(successor, Touch.LOOK);
            pass(10 * SECOND);

            assertReused(use.apply(caller, token));
            assertReused(use.apply(caller, token));

            assertThat(caller.lookup(successor, Touch.LOOK)).isEqualTo(session);
            assertThat(rotated(caller.rotate(successor, Grace.DEFAULT)).session())
                    .isEqualTo(((Found) session).session());
        }
    }

    @Test
    void aReusedTokenEndsItsSessionIfConfigured() {
        for (var use : USES) {
            var caller = caller(TokenReuse.REVOKE);
            var token = begin(caller);
            var successor = rotated(caller.rotate(token, Grace.DEFAULT)).token();
            var other = begin(caller);
            pass(10 * SECOND - 1);
            assertThat(caller.opens(token)).isTrue();
            pass(1);

            assertReused(use.apply(caller, token));

            for (var each : List.of(token, successor)) {
                assertThat(caller.lookup(each, Touch.TOUCH)).isEqualTo(new Lookup.Invalid());
                assertThat(caller.rotate(each, Grace.DEFAULT)).isEqualTo(new Rotation.Invalid());
            }
            assertThat(caller.revoke(token.id())).isZero();
            assertThat(caller.opens(other)).isTrue();
        }
    }

    @Test
    void aTokenOfAnEarlierRotationIsReusedToo() {
        for (var use : USES) {
            var caller = caller(TokenReuse.REVOKE);
            var stolen = begin(caller);
            var second = rotated(caller.rotate(stolen, Grace.DEFAULT)).token();
            pass(5 * SECOND);
            var third = rotated(caller.rotate(second, Grace.DEFAULT)).token();
            pass(5 * SECOND - 1);
            assertThat(use.apply(caller, stolen))
                    .as("requests in flight are no reuse")
                    .isIn(new Lookup.Invalid(), new Rotation.Invalid());
            assertThat(caller.opens(second)).isTrue();
            pass(1);

            assertReused(use.apply(caller, stolen));

            assertThat(caller.opens(third)).isFalse();
        }
    }

    @Test
    void theLastEightReplacedTokensCountAsReused() {
        var caller = caller(TokenReuse.LOG);
        var tokens = new ArrayList<>(List.of(begin(caller)));
        for (int n = 0; n < 9; n++) {
            tokens.add(rotated(caller.rotate(tokens.getLast(), new Grace(n))).token());
            pass(9 * SECOND);
        }

        for (int round = 0; round < 2; round++) {
            assertThat(caller.lookup(tokens.getFirst(), Touch.TOUCH)).isEqualTo(new Lookup.Invalid());
            assertThat(caller.rotate(tokens.getFirst(), Grace.DEFAULT)).isEqualTo(new Rotation.Invalid());
            for (var replaced : tokens.subList(1, 9)) {
                assertThat(caller.lookup(replaced, Touch.TOUCH)).isEqualTo(new Lookup.Reused());
                assertThat(caller.rotate(replaced, Grace.DEFAULT)).isEqualTo(new Rotation.Reused());
            }
            assertThat(caller.opens(tokens.getLast())).isTrue();
        }
    }

    @Test
    void anotherSecretOrAnEndedSessionIsNoReuse() {
        var caller = caller(TokenReuse.REVOKE);
        var token = begin(caller);
        var successor = rotated(caller.rotate(token, Grace.DEFAULT)).token();
        var guessed = new SessionToken(token.id(), SessionToken.random(ADA).secret());
        pass(10 * SECOND);
        assertThat(caller.lookup(guessed, Touch.TOUCH)).isEqualTo(new Lookup.Invalid());
        assertThat(caller.opens(successor)).isTrue();

        pass(DAY * SECOND);

        assertThat(caller.lookup(token, Touch.TOUCH)).isEqualTo(new Lookup.Invalid());
        assertThat(caller.rotate(token, Grace.DEFAULT)).isEqualTo(new Rotation.Invalid());
    }

    @Test
    void aReuseIsLoggedOncePerTokenWithoutSecretsOrUser() {
        for (var onReuse : TokenReuse.values()) {
            try (var log = LogCapture.record()) {
                var caller = caller(onReuse);
                var token = begin(caller);
                var successor = rotated(caller.rotate(token, Grace.DEFAULT)).token();
                pass(10 * SECOND);
                for (var use : USES) {
                    use.apply(caller, token);
                    use.apply(caller, token);
                }
                assertThat(log.text().lines())
                        .filteredOn(line -> line.contains(token.id().text()) && line.contains("theft"))
                        .singleElement()
                        .asString()
                        .contains(onReuse == TokenReuse.LOG ? "GATEHOUSE_SESSION_REUSE" : "revoked")
                        .doesNotContain(token.secret(), successor.secret(), ADA.value());

                if (onReuse == TokenReuse.LOG) {
                    rotated(caller.rotate(successor, Grace.DEFAULT));
                    pass(10 * SECOND);
                    for (var use : USES) {
                        use.apply(caller, token);
                        use.apply(caller, successor);
                    }
                    assertThat(log.text().lines())
                            .filteredOn(line -> line.contains(token.id().text()) && line.contains("theft"))
                            .hasSize(2);
                }
            }
        }
    }
}
