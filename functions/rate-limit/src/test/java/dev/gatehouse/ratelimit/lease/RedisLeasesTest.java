// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisLeasesTest extends LeasesContract {

    private static final long HOUR_MILLIS = 3_600_000;

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    LeaseStore leases() {
        return new RedisLeases(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }

    @AfterEach
    void noKeyLivesForEver() {
        for (var key : (List<?>) REDIS.cli("KEYS", "*")) {
            assertThat((Long) REDIS.cli("PTTL", (String) key))
                    .as("%s", key)
                    .isNotEqualTo(-1)
                    .isLessThan(LeaseRequest.MAX_MILLIS + 2 * HOUR_MILLIS);
        }
    }

    @Test
    void aNameAndSubjectHaveOneKeyThatDoesNotRevealTheSubject() {
        var id = Lease.newId();
        var fence = granted(acquire("user-42", id, 2, 30)).fence();

        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant() + ":*")).isEqualTo(List.of(key("user-42")));
        assertThat((List<?>) REDIS.cli("ZRANGE", key("user-42"), "0", "-1", "WITHSCORES"))
                .isEqualTo(List.of(
                        "#",
                        Long.toString(-fence),
                        "#" + id,
                        Long.toString(-fence),
                        id,
                        Long.toString(NOW.get() + 30 * SECOND)));
        release("user-42", id);
        assertThat((List<?>) REDIS.cli("ZRANGE", key("user-42"), "0", "-1", "WITHSCORES"))
                .isEqualTo(List.of("#", Long.toString(-fence)));
    }

    @Test
    void theKeyOutlivesEveryLeaseByAnHour() {
        var id = Lease.newId();
        acquire("a", Lease.newId(), 5, 1000);
        assertThat(millisToLive("a")).isBetween(HOUR_MILLIS + 990_000, HOUR_MILLIS + 1_000_000);
        acquire("a", id, 5, 10);
        assertThat(millisToLive("a")).isBetween(HOUR_MILLIS + 990_000, HOUR_MILLIS + 1_000_000);
        extend("a", id, 2000);
        assertThat(millisToLive("a")).isBetween(HOUR_MILLIS + 1_990_000, HOUR_MILLIS + 2_000_000);
        release("a", id);
        assertThat(millisToLive("a")).isBetween(HOUR_MILLIS + 990_000, HOUR_MILLIS + 1_000_000);

        pass(3000 * SECOND);
        acquire("a", id, 5, 10);
        release("a", id);
        assertThat(millisToLive("a")).isBetween(HOUR_MILLIS - 10_000, HOUR_MILLIS + 1);
    }

    @Test
    void theKeyOutlivesTheLastFenceIfTheClockGoesBack() {
        acquire("a", Lease.newId(), 5, 10);
        pass(-1000 * SECOND);
        var ahead = granted(acquire("a", Lease.newId(), 5, 10));

        // when the key has lived its life
        pass(millisToLive("a") * 1000);
        REDIS.cli("DEL", key("a"));
        // and the clock goes back once more, by not quite an hour
        pass(-HOUR_MILLIS * 1000 + 20 * SECOND);

        assertThat(granted(acquire("a", Lease.newId(), 5, 10)).fence()).isGreaterThan(ahead.fence());
        pass(1000 * SECOND);
    }

    @Test
    void denialsAndLostAndAbsentLeasesWriteNothing() {
        extend("a", Lease.newId(), 30);
        release("a", Lease.newId());
        assertThat(REDIS.cli("EXISTS", key("a"))).isEqualTo(0L);

        acquire("a", Lease.newId(), 1, 30);
        REDIS.cli("PEXPIRE", key("a"), "500000");
        acquire("a", Lease.newId(), 1, 30);
        extend("a", Lease.newId(), 30);
        release("a", Lease.newId());
        assertThat(millisToLive("a")).isLessThanOrEqualTo(500_000);
        assertThat(REDIS.cli("ZCARD", key("a"))).isEqualTo(3L);
    }

    @Test
    void anInspectionAndAResetWithoutLiveLeasesWriteNothing() {
        inspect("a");
        reset("a");
        assertThat(REDIS.cli("EXISTS", key("a"))).isEqualTo(0L);

        acquire("a", Lease.newId(), 2, 30);
        REDIS.cli("PEXPIRE", key("a"), "500000");
        inspect("a");
        assertThat(millisToLive("a")).isLessThanOrEqualTo(500_000);
        pass(30 * SECOND);
        reset("a");
        assertThat(millisToLive("a")).isLessThanOrEqualTo(500_000);
    }

    @Test
    void aResetLeavesTheLastFence() {
        acquire("a", Lease.newId(), 2, 1000);
        var fence = granted(acquire("a", Lease.newId(), 2, 30)).fence();

        reset("a");

        assertThat((List<?>) REDIS.cli("ZRANGE", key("a"), "0", "-1", "WITHSCORES"))
                .isEqualTo(List.of("#", Long.toString(-fence)));
        assertThat(millisToLive("a")).isBetween(HOUR_MILLIS - 10_000, HOUR_MILLIS + 1);
    }

    @Test
    void endedLeasesAreRemovedInSmallSteps() {
        for (int n = 0; n < 120; n++) {
            acquire("a", Lease.newId(), 1000, 30);
        }
        pass(30 * SECOND);
        for (long left : new long[] {70 + 1, 20 + 2, 3, 4}) {
            acquire("a", Lease.newId(), 1000, 30);
            assertThat(REDIS.cli("ZCARD", key("a"))).isEqualTo(2 * left + 1);
        }
    }

    @Test
    void eachOperationIsOneScript() {
        var id = Lease.newId();
        acquire("a", id, 1, 30);
        extend("a", id, 30);
        release("a", id);
        inspect("a");
        reset("a");
        REDIS.cli("CONFIG", "RESETSTAT");

        acquire("a", id, 1, 30);
        extend("a", id, 30);
        release("a", id);
        inspect("a");
        reset("a");

        assertThat(REDIS.calls("evalsha")).isEqualTo(5);
        assertThat(REDIS.calls("eval")).isZero();
    }

    @Test
    void aForeignValueIsUnavailableAndUnchanged() {
        var id = Lease.newId();
        REDIS.cli("SET", key("a"), "junk", "PX", "60000");
        assertAllUnavailable(id);
        assertThat(REDIS.cli("GET", key("a"))).isEqualTo("junk");

        REDIS.cli("DEL", key("a"));
        var foreign = List.of(id, "1.7976931348623157e+308");
        REDIS.cli("ZADD", key("a"), foreign.getLast(), foreign.getFirst());
        REDIS.cli("PEXPIRE", key("a"), "60000");
        assertAllUnavailable(id);
        assertThat(REDIS.cli("ZRANGE", key("a"), "0", "-1", "WITHSCORES")).isEqualTo(foreign);
        assertThat(millisToLive("a")).isLessThanOrEqualTo(60_000);
    }

    private void assertAllUnavailable(String id) {
        var request = request("a", id, 1, 30);
        var lease = request.lease();
        assertThat(leases().acquire(tenant(), request, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(leases().extend(tenant(), lease, request.millis(), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(leases().release(tenant(), lease, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(leases().inspect(tenant(), lease.resource(), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(leases().reset(tenant(), lease.resource(), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGrantWithoutAReplyIsRepeatedByItsId(boolean withTheConnection) {
        try (var wire = FaultProxy.inFrontOf(REDIS.server());
                var over = LinkOnClock.toServer(wire.port(), NOW::get)) {
            // given a Redis that granted the only lease, and a caller without the reply
            var leases = new RedisLeases(over);
            leases.acquire(tenant(), request("b", Lease.newId(), 1, 30), patience())
                    .toCompletableFuture()
                    .join();
            if (withTheConnection) {
                wire.swallowNextReplyAndReset();
            } else {
                wire.swallowNextReply();
            }
            var request = request("a", Lease.newId(), 1, 30);
            assertThat(leases.acquire(tenant(), request, Deadline.in(Duration.ofMillis(300)))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Unavailable.class);
            await().until(() -> REDIS.cli("EXISTS", key("a")).equals(1L));
            wire.pass();
            wire.cutConnections();

            // when it repeats the request with the same id, then it has the lease; anybody else has not
            await().until(() -> leases.acquire(tenant(), request, patience())
                            .toCompletableFuture()
                            .join()
                    instanceof Decided);
            assertThat(granted(acquire("a", request.lease().id(), 1, 30))).isEqualTo(new Granted(NOW.get(), in(30), 1));
            assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 30));
        }
    }

    private long millisToLive(String subject) {
        return (Long) REDIS.cli("PTTL", key(subject));
    }

    private String key(String subject) {
        return "gh:{" + tenant() + ":" + HashTag.of(subject) + "}:lease:exports";
    }
}
