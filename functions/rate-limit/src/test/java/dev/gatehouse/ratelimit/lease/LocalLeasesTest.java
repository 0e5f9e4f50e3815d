// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LocalLeasesTest extends LeasesContract {

    private LocalLeases leases = new LocalLeases(1, 1000, NOW::get);

    @Override
    LeaseStore leases() {
        return leases;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.LOCAL;
    }

    @Test
    void noLeaseIsGrantedWhileMemoryIsFull() {
        leases = new LocalLeases(1, 2, NOW::get);
        var known = Lease.newId();
        var first = granted(acquire("a", known, 5, 10));
        acquire("b", Lease.newId(), 5, 20);

        assertThat(acquire("a", Lease.newId(), 5, 30)).isEqualTo(exhausted(1, 1));
        assertThat(acquire("c", Lease.newId(), 5, 30)).isEqualTo(exhausted(0, 1));
        assertThat(acquire("a", known, 5, 30)).isEqualTo(first);
        assertThat(acquire("b", Lease.newId(), 1, 30)).as("exhausted anyway").isEqualTo(exhausted(1, 20));
    }

    @Test
    void leasesThatAreNotLiveMakeRoom() {
        leases = new LocalLeases(1, 1, NOW::get);
        acquire("a", Lease.newId(), 5, 10);
        pass(10 * SECOND);

        var id = Lease.newId();
        assertThat(acquire("b", id, 5, 30)).isInstanceOf(Granted.class);
        release("b", id);
        assertThat(acquire("c", Lease.newId(), 5, 30)).isInstanceOf(Granted.class);
        reset("c");
        assertThat(acquire("c", Lease.newId(), 5, 30)).isInstanceOf(Granted.class);
        assertThat(acquire("d", Lease.newId(), 5, 30)).isEqualTo(exhausted(0, 1));
    }

    @Test
    void clearRemovesLeasesAndKeepsTheLastFence() {
        var id = Lease.newId();
        var before = granted(acquire("a", id, 1, 30));

        leases.clear();
        assertThat(extend("a", id, 30)).isEqualTo(new Lost());
        assertThat(granted(acquire("a", Lease.newId(), 1, 30)).fence()).isGreaterThan(before.fence());
    }

    @Test
    void aShareDividesTheLimitDownToOne() {
        leases = new LocalLeases(4, 1000, NOW::get);

        acquire("a", Lease.newId(), 10, 20);
        acquire("a", Lease.newId(), 10, 30);
        assertThat(acquire("a", Lease.newId(), 10, 30)).isEqualTo(exhausted(2, 20));
        assertThat(acquire("b", Lease.newId(), 1, 30)).isInstanceOf(Granted.class);
        assertThat(acquire("b", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 30));
    }

    @Test
    void itGrantsOnTheSystemClock() {
        var request = request("a", Lease.newId(), 1, 30);

        var decision = new LocalLeases()
                .acquire("tenant", request, patience())
                .toCompletableFuture()
                .join();

        assertThat(decision)
                .isInstanceOfSatisfying(Decided.class, decided -> assertThat(((Granted) decided.value()).endsAt())
                        .isBetween(Instant.now(), Instant.now().plus(Duration.ofSeconds(30))));
    }

    @Test
    void theShareAndTheMaximumAreAtLeastOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LocalLeases(0, 1, NOW::get));
        assertThatIllegalArgumentException().isThrownBy(() -> new LocalLeases(1, 0, NOW::get));
    }
}
