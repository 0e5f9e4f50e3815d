// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private static final long PAUSE = CircuitBreaker.FIRST_PAUSE.toNanos();
    private static final long LONGEST = CircuitBreaker.LONGEST_PAUSE.toNanos();

    private final AtomicLong now = new AtomicLong();
    private final CircuitBreaker circuit = new CircuitBreaker(now::get, _ -> 0, _ -> {});

    @Test
    void opensAfterThreeFailuresInARow() {
        fail(2);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);

        fail(1);

        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
        assertThat(circuit.tryAcquire()).isNull();
    }

    @Test
    void aSuccessBetweenFailuresKeepsItClosed() {
        for (var i = 0; i < 10; i++) {
            fail(2);
            circuit.recordSuccess(circuit.tryAcquire());
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void aPermitCountsOnce() {
        var permit = circuit.tryAcquire();
        for (var i = 0; i < 10; i++) {
            circuit.recordFailure(permit);
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void admitsExactlyOneProbeAfterThePause() {
        fail(3);
        now.set(PAUSE - 1);
        assertThat(circuit.tryAcquire()).isNull();

        now.set(PAUSE);

        assertThat(circuit.tryAcquire()).isNotNull();
        assertThat(circuit.tryAcquire()).isNull();
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
    }

    @Test
    void admitsOneProbeOfManyThreads() throws Exception {
        for (var round = 0; round < 200; round++) {
            var raced = new CircuitBreaker(now::get, _ -> 0, _ -> {});
            now.set(0);
            for (var i = 0; i < 3; i++) {
                raced.recordFailure(raced.tryAcquire());
            }
            now.set(PAUSE);
            var passed = new AtomicInteger();
            Threads.together(8, _ -> {
                if (raced.tryAcquire() != null) {
                    passed.incrementAndGet();
                }
            });
            assertThat(passed).hasValue(1);
        }
    }

    @Test
    void aSuccessfulProbeClosesTheCircuit() {
        fail(3);
        now.set(PAUSE);
        circuit.recordSuccess(circuit.tryAcquire());
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);

        fail(2);
        assertThat(circuit.state()).as("after two new failures").isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void eachFailedProbeDoublesThePauseUpToTheLongest() {
        fail(3);
        for (var pause : List.of(PAUSE, 2 * PAUSE, 4 * PAUSE, LONGEST, LONGEST, LONGEST)) {
            circuit.recordFailure(probeAfterExactly(pause));
        }
        for (var i = 0; i < 100; i++) {
            circuit.recordFailure(probeAfterExactly(LONGEST));
        }
    }

    @Test
    void theLongestPauseLeavesTimeToReconnectWithinTwoSeconds() {
        assertThat(CircuitBreaker.LONGEST_PAUSE).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void jitterShortensAPauseByUpToHalf() {
        var jittered = new CircuitBreaker(now::get, bound -> bound, _ -> {});
        for (var i = 0; i < 3; i++) {
            jittered.recordFailure(jittered.tryAcquire());
        }
        now.set(PAUSE / 2 - 1);
        assertThat(jittered.tryAcquire()).isNull();
        now.set(PAUSE / 2);
        assertThat(jittered.tryAcquire()).isNotNull();
    }

    @Test
    void aLateFailureDoesNotAffectTheProbe() {
        var straggler = circuit.tryAcquire();
        fail(3);
        now.set(PAUSE);
        var probe = circuit.tryAcquire();

        circuit.recordFailure(straggler);
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);

        circuit.recordSuccess(probe);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void aLateSuccessDoesNotCloseAnOpenCircuit() {
        var straggler = circuit.tryAcquire();
        fail(3);
        circuit.recordSuccess(straggler);
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
    }

    @Test
    void anInconclusiveProbeKeepsThePause() {
        fail(3);
        now.set(PAUSE);
        circuit.release(circuit.tryAcquire());
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
        circuit.recordSuccess(probeAfterExactly(PAUSE));
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void worksWhenTheClockIsNearItsOverflow() {
        now.set(Long.MAX_VALUE - 10);
        fail(3);
        assertThat(circuit.tryAcquire()).isNull();
        now.addAndGet(PAUSE);
        assertThat(circuit.tryAcquire()).isNotNull();
    }

    private void fail(int times) {
        for (var i = 0; i < times; i++) {
            circuit.recordFailure(circuit.tryAcquire());
        }
    }

    private CircuitBreaker.Permit probeAfterExactly(long pause) {
        now.addAndGet(pause - 1);
        assertThat(circuit.tryAcquire())
                .as("a nanosecond before the end of the pause")
                .isNull();
        now.incrementAndGet();
        var probe = circuit.tryAcquire();
        assertThat(probe).as("after %d ns", pause).isNotNull();
        return probe;
    }
}
