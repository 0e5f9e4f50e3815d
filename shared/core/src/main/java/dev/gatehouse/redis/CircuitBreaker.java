// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.OutageListener.CircuitState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rejects commands while Redis fails. A closed circuit admits all commands, and opens after {@value #FAILURES_TO_OPEN}
 * consecutive failures. An open circuit admits none for a pause. The pause starts at {@link #FIRST_PAUSE} and doubles with
 * each failed probe up to {@link #LONGEST_PAUSE}. A random reduction by up to half keeps processes from probing in step.
 * Then the circuit is half-open and admits exactly one probe. Its success closes the circuit; its failure opens it again.
 *
 * <p>Each state is an object, and a permit holds the state that issued it. A command from an earlier state cannot change
 * the circuit: a late timeout does not spoil a probe.
 */
final class CircuitBreaker {

    static final int FAILURES_TO_OPEN = 3;
    static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    /** Keeps pause and reconnection together within two seconds. */
    static final Duration LONGEST_PAUSE = Duration.ofMillis(1500);

    /** Admits the commands of one flush; their first outcome counts. */
    static final class Permit {

        private final State state;
        private final AtomicBoolean released = new AtomicBoolean();
        private volatile boolean deferredToWriteProbe;

        private Permit(State state) {
            this.state = state;
        }

        /** Returns whether the circuit rejects all others until the outcome of this one. */
        boolean isProbe() {
            return state instanceof HalfOpen;
        }

        /** Makes the outcome of the accompanying write count instead of the reply. Call it before sending. */
        void deferToWriteProbe() {
            deferredToWriteProbe = true;
        }

        boolean isDeferredToWriteProbe() {
            return deferredToWriteProbe;
        }

        private boolean tryRelease() {
            return released.compareAndSet(false, true);
        }
    }

    private sealed interface State {

        default CircuitState publicState() {
            return switch (this) {
                case Closed _ -> CircuitState.CLOSED;
                case Open _ -> CircuitState.OPEN;
                case HalfOpen _ -> CircuitState.HALF_OPEN;
            };
        }
    }

    private record Closed(AtomicInteger consecutiveFailures) implements State {}

    private record Open(long untilNanos, int consecutiveOpenings) implements State {}

    private record HalfOpen(int consecutiveOpenings) implements State {}

    private final AtomicReference<State> state = new AtomicReference<>(closed());
    private final LongSupplier nanoTime;
    private final LongUnaryOperator jitter;
    private final Consumer<CircuitState> changes;

    /**
     * @param nanoTime a monotonic clock
     * @param jitter returns a number from 0 to its argument
     * @param changes receives each new state
     */
    CircuitBreaker(LongSupplier nanoTime, LongUnaryOperator jitter, Consumer<CircuitState> changes) {
        this.nanoTime = nanoTime;
        this.jitter = jitter;
        this.changes = changes;
    }

    private static Closed closed() {
        return new Closed(new AtomicInteger());
    }

    boolean isClosed() {
        return state.get() instanceof Closed;
    }

    /** Returns a permit, or null while the circuit is open or its probe is in flight. */
    @Nullable
    Permit tryAcquire() {
        return switch (state.get()) {
            case Closed closed -> new Permit(closed);
            case HalfOpen _ -> null;
            case Open open -> open.untilNanos - nanoTime.getAsLong() > 0 ? null : probe(open);
        };
    }

    private @Nullable Permit probe(Open open) {
        var halfOpen = new HalfOpen(open.consecutiveOpenings);
        return change(open, halfOpen) ? new Permit(halfOpen) : null;
    }

    /** Closes a half-open circuit. In a closed one, restarts the count of consecutive failures. */
    void recordSuccess(Permit permit) {
        if (!permit.tryRelease()) {
            return;
        }
        if (permit.state instanceof HalfOpen halfOpen) {
            change(halfOpen, closed());
        } else if (permit.state instanceof Closed closed && closed.consecutiveFailures.get() != 0) {
            closed.consecutiveFailures.set(0);
        }
    }

    /** Opens a half-open circuit, or a closed one after the last of {@value #FAILURES_TO_OPEN} consecutive failures. */
    void recordFailure(Permit permit) {
        if (!permit.tryRelease()) {
            return;
        }
        if (permit.state instanceof HalfOpen halfOpen) {
            change(halfOpen, open(halfOpen.consecutiveOpenings + 1));
        } else if (permit.state instanceof Closed closed
                && closed.consecutiveFailures.incrementAndGet() >= FAILURES_TO_OPEN) {
            change(closed, open(1));
        }
    }

    /** Releases a permit without a success or a failure. A probe is repeated after a pause. */
    void release(Permit permit) {
        if (permit.tryRelease() && permit.state instanceof HalfOpen halfOpen) {
            change(halfOpen, open(halfOpen.consecutiveOpenings));
        }
    }

    private boolean change(State from, State to) {
        boolean changed = state.compareAndSet(from, to);
        if (changed) {
            changes.accept(to.publicState());
        }
        return changed;
    }

    private Open open(int consecutiveOpenings) {
        var doublings = Math.min(consecutiveOpenings - 1, 10);
        var pause = Math.min(FIRST_PAUSE.toNanos() << doublings, LONGEST_PAUSE.toNanos());
        return new Open(nanoTime.getAsLong() + pause - jitter.applyAsLong(pause / 2), consecutiveOpenings);
    }

    CircuitState state() {
        return state.get().publicState();
    }
}
