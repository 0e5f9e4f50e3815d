// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.Inspection.Absent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LocalClaimsTest extends ClaimsContract {

    private LocalClaims claims = new LocalClaims(10_000, 10_000_000, NOW::get);

    @Override
    ClaimStore claims() {
        return claims;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.LOCAL;
    }

    @Test
    void whileFullANewKeyIsUnavailableAndNoneIsRemoved() {
        claims = new LocalClaims(2, 1_000, NOW::get);
        claims(request("a", ADA, "", 10, 20));
        claim("b", ADA);

        assertThat(claims.claim(tenant, request("c", ADA, "", 30, DAY), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(claim("b", GRACE)).isInstanceOf(ClaimOutcome.InFlight.class);
        pass(20 * SECOND);
        assertThat(claim("c", ADA)).as("a has expired").isInstanceOf(Claimed.class);
    }

    @Test
    void withoutRoomForTheResultACompletionIsUnavailableAndTheClaimStays() {
        claims = new LocalClaims(10, 1_000, NOW::get);
        claim("a", ADA);
        claim("b", ADA);
        complete("a", ADA, body(600));

        assertThat(claims.complete(tenant, at("b", ADA), body(600), Optional.empty(), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(claim("b", GRACE)).isInstanceOf(ClaimOutcome.InFlight.class);
        invalidate("a");
        assertThat(complete("b", ADA, body(600))).isInstanceOf(Held.class);
        assertThat(claim("b", GRACE)).isInstanceOf(Completed.class);
    }

    @Test
    void clearForgetsEverything() {
        claim("a", ADA);
        complete("a", ADA, DONE);
        claims.clear();
        assertThat(inspect("a")).isEqualTo(new Absent());
    }

    @Test
    void onTheSystemClockItClaims() {
        var decision = new LocalClaims()
                .claim("tenant", request("a", ADA, "", 30, DAY), patience())
                .toCompletableFuture()
                .join();

        assertThat(decision)
                .isInstanceOfSatisfying(Decided.class, decided -> assertThat(((Claimed) decided.value()).leaseEnds())
                        .isBetween(Instant.now(), Instant.now().plus(Duration.ofSeconds(30))));
    }

    @Test
    void aKeyIsTheLeast() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LocalClaims(0, 1, NOW::get));
    }

    private static Response body(int bytes) {
        return new Response(200, List.of(), ResponseBody.of("x".repeat(bytes)));
    }
}
