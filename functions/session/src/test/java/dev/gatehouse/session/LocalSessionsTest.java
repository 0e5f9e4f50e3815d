// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.SessionRequest.OnLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LocalSessionsTest extends SessionsContract {

    private final LocalSessions revoking = new LocalSessions(TokenReuse.REVOKE, 10_000, 10_000_000, NOW::get);
    private LocalSessions sessions = new LocalSessions(TokenReuse.LOG, 10_000, 10_000_000, NOW::get);

    @Override
    SessionStore sessions(TokenReuse onReuse) {
        return onReuse == TokenReuse.LOG ? sessions : revoking;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.LOCAL;
    }

    @Test
    void whileFullANewSessionIsUnavailableAndNoneEnds() {
        sessions = new LocalSessions(TokenReuse.LOG, 2, 1_000, NOW::get);
        begin(ADA, 20, DAY);
        var second = begin(ADA).token();

        assertThat(decisionOn(request(GRACE, 1, OnLimit.EVICT_OLDEST))).isInstanceOf(Unavailable.class);
        assertThat(list(ADA)).hasSize(2);
        pass(20 * SECOND);
        begin(GRACE);
        assertThat(lookup(second)).isInstanceOf(Found.class);
    }

    @Test
    void anEvictionMakesRoomButNotIfTheNewOneNeedsMore() {
        sessions = new LocalSessions(TokenReuse.LOG, 2, 100, NOW::get);
        begin(ADA, members("n", "x".repeat(30)));
        begin(GRACE, members("n", "x".repeat(40)));

        assertThat(decisionOn(SessionRequest.of(
                        ADA, members("n", "x".repeat(80)), Device.UNKNOWN, 60, 60, 1, OnLimit.EVICT_OLDEST)))
                .isInstanceOf(Unavailable.class);
        assertThat(list(ADA)).hasSize(1);
        assertThat(create(request(ADA, 1, OnLimit.EVICT_OLDEST))).isInstanceOf(Created.class);
        assertThat(list(ADA)).hasSize(1);
    }

    @Test
    void withoutRoomALargerPatchIsUnavailable() {
        sessions = new LocalSessions(TokenReuse.LOG, 10, 100, NOW::get);
        var id = id(begin(ADA, members("n", "x".repeat(30))));
        begin(GRACE, members("n", "x".repeat(40)));

        assertThat(sessions.patch(tenant(), id, members("m", "x".repeat(40)), OptionalLong.empty(), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(patched(patch(id, members("n", "1"))).version()).isEqualTo(2);
        revokeAll(GRACE, null);
        assertThat(patched(patch(id, members("m", "x".repeat(40)))).version()).isEqualTo(3);
    }

    @Test
    void onTheSystemClockItStoresSessions() {
        var request = request(ADA, 1, OnLimit.REJECT);
        var decision = new LocalSessions(TokenReuse.LOG)
                .create("tenant", request, patience())
                .toCompletableFuture()
                .join();

        assertThat(decision).isInstanceOfSatisfying(Decided.class, decided -> assertThat(
                        created((Creation) decided.value()).createdAt())
                .isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now()));
    }

    @Test
    void aSessionIsTheLeast() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LocalSessions(TokenReuse.LOG, 0, 1, NOW::get));
    }

    private Decision<Creation> decisionOn(SessionRequest request) {
        return sessions.create(tenant(), request, patience())
                .toCompletableFuture()
                .join();
    }
}
