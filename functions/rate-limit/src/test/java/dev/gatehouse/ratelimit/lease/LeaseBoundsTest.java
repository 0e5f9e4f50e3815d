package dev.gatehouse.ratelimit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be asked of leases, and which field is blamed where it may not. */
class LeaseBoundsTest {

    private static final Lease LEASE = new Lease(new LeasedSubject("n", "s"), LeaseId.random());
    private static final LeaseLength LENGTH = new LeaseLength(1);

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "{a}", "ä"})
    void aNameIsShortAndPlain(String name) {
        assertInvalid("name", () -> new LeasedSubject(name, "s"));
        assertInvalid("name", () -> new LeasedSubject("n".repeat(65), "s"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\ud800"})
    void aSubjectIsWellFormed(String subject) {
        assertInvalid("subject", () -> new LeasedSubject("n", subject));
        assertInvalid("subject", () -> new LeasedSubject("n", "\uD83D\uDE00".repeat(513)));
        assertThat(new LeasedSubject("n", "\uD83D\uDE00".repeat(512)).subject()).hasSize(1024);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 100_001, Long.MAX_VALUE})
    void aLimitIsWithinItsBounds(long limit) {
        assertInvalid("limit", () -> new LeaseRequest(LEASE, limit, LENGTH));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 86_400_001, Long.MAX_VALUE})
    void aLengthIsWithinItsBounds(long millis) {
        assertInvalid("leaseMillis", () -> new LeaseLength(millis));
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
    void anIdHasItsShape(String id) {
        assertInvalid("leaseId", () -> new LeaseId(id));
    }

    @Test
    void idsAreNotAlike() {
        var ids = new HashSet<LeaseId>();
        for (int n = 0; n < 10_000; n++) {
            ids.add(LeaseId.random());
        }
        assertThat(ids).hasSize(10_000);
    }

    private static void assertInvalid(String field, ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOfSatisfying(InvalidLease.class, invalid -> assertThat(invalid.field())
                .isEqualTo(field));
    }
}
