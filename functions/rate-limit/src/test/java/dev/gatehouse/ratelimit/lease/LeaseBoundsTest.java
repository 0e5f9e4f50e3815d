// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.ratelimit.InvalidLimit;
import java.util.HashSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the bounds of leases and the field that a violation names. */
class LeaseBoundsTest {

    private static final Lease LEASE = new Lease("n", "s", Lease.newId());

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "{a}", "ä"})
    void aNameIsShortAndPlain(String name) {
        assertInvalid("name", () -> new Lease(name, "s", Lease.newId()));
        assertInvalid("name", () -> new Lease("n".repeat(65), "s", Lease.newId()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\ud800"})
    void aSubjectIsWellFormed(String subject) {
        assertInvalid("subject", () -> new Lease("n", subject, Lease.newId()));
        assertInvalid("subject", () -> new Lease("n", "\uD83D\uDE00".repeat(513), Lease.newId()));
        assertThat(new Lease("n", "\uD83D\uDE00".repeat(512), Lease.newId()).subject())
                .hasSize(1024);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 100_001, Long.MAX_VALUE})
    void aLimitIsWithinItsBounds(long limit) {
        assertInvalid("limit", () -> new LeaseRequest(LEASE, limit, 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 86_400_001, Long.MAX_VALUE})
    void aLengthIsWithinItsBounds(long millis) {
        assertInvalid("leaseMillis", () -> new LeaseRequest(LEASE, 1, millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "aaaaaaaaaaaaaaaaaaaaa",
                "aaaaaaaaaaaaaaaaaaaaaaa",
                "#aaaaaaaaaaaaaaaaaaaaa",
                "aaaaaaaaaaaaaaaaaaaaa\n"
            })
    void anIdHas22Base64UrlCharacters(String id) {
        assertInvalid("leaseId", () -> new Lease("n", "s", id));
    }

    @Test
    void newIdsAreDistinct() {
        var ids = new HashSet<String>();
        for (int n = 0; n < 10_000; n++) {
            ids.add(Lease.newId());
        }
        assertThat(ids).hasSize(10_000);
    }

    private static void assertInvalid(String field, ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOfSatisfying(InvalidLimit.class, invalid -> assertThat(invalid.field())
                .isEqualTo(field));
    }
}
