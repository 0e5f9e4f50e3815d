package dev.gatehouse.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Spares a failing Redis and those who wait for it. Closed: all may pass. After {@value #FAILURES_TO_OPEN} failures in a
 * row it opens: none may pass, for {@link #FIRST_PAUSE} at first, doubling with every failed probe up to
 * {@link #LONGEST_PAUSE}, each shortened at random by up to half so that many processes do not knock together. Then
 * exactly one probe passes; its success closes the circuit, its failure opens it again.
 *
 * <p>Each state is an object and a permit is the state that gave it. What was let pass in an earlier state can no longer
 * change the circuit: a straggler's timeout does not spoil a probe.
 */
final class CircuitBreaker {

    static final int FAILURES_TO_OPEN = 3;
    static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    /** Short enough that pause and reconnection together stay within two seconds. */
    static final Duration LONGEST_PAUSE = Duration.ofMillis(1500);

    /** Leave to ask Redis once, in one flush; handed back with the outcome, of which the first counts. */
    static final class Permit {

        private final State state;
        private final AtomicBoolean handedBack = new AtomicBoolean();
        private volatile boolean leftToTrial;

        private Permit(State state) {
            this.state = state;
        }

        /** Whether everybody else is held back until this one's outcome is known. */
        boolean isProbe() {
            return state instanceof HalfOpen;
        }

        /** From now on what a write shows counts that goes along, and not that there is an answer. Said before it is used. */
        void leaveToTrial() {
            leftToTrial = true;
        }

        boolean isLeftToTrial() {
            return leftToTrial;
        }

        private boolean handBack() {
            return handedBack.compareAndSet(false, true);
        }
    }

    private sealed interface State {}

    private record Closed(AtomicInteger failuresInARow) implements State {}

    private record Open(long untilNanos, int timesInARow) implements State {}

    private record HalfOpen(int timesInARow) implements State {}

    private final AtomicReference<State> state = new AtomicReference<>(closed());
    private final LongSupplier nanoTime;
    private final LongUnaryOperator jitter;
    private final Consumer<String> changes;

    /**
     * @param nanoTime a clock that never goes back
     * @param jitter gives a number from 0 to its argument
     * @param changes hears the name of each state that it changes to
     */
    CircuitBreaker(LongSupplier nanoTime, LongUnaryOperator jitter, Consumer<String> changes) {
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

    /** A permit, or null while the circuit is open or its probe is under way. */
    @Nullable
    Permit tryAcquire() {
        return switch (state.get()) {
            case Closed closed -> new Permit(closed);
            case HalfOpen _ -> null;
            case Open open -> open.untilNanos - nanoTime.getAsLong() > 0 ? null : probe(open);
        };
    }

    private @Nullable Permit probe(Open open) {
        var halfOpen = new HalfOpen(open.timesInARow);
        return change(open, halfOpen) ? new Permit(halfOpen) : null;
    }

    /** Redis answered. */
    void succeeded(Permit permit) {
        if (!permit.handBack()) {
            return;
        }
        switch (permit.state) {
            case Closed closed -> {
                if (closed.failuresInARow.get() != 0) {
                    closed.failuresInARow.set(0);
                }
            }
            case HalfOpen halfOpen -> change(halfOpen, closed());
            case Open _ -> throw new IllegalStateException("an open circuit gives no permits");
        }
    }

    /** Redis did not answer, or answered that it cannot. */
    void failed(Permit permit) {
        if (!permit.handBack()) {
            return;
        }
        switch (permit.state) {
            case Closed closed -> {
                if (closed.failuresInARow.incrementAndGet() >= FAILURES_TO_OPEN) {
                    change(closed, open(1));
                }
            }
            case HalfOpen halfOpen -> change(halfOpen, open(halfOpen.timesInARow + 1));
            case Open _ -> throw new IllegalStateException("an open circuit gives no permits");
        }
    }

    /** Nothing was learned, because the caller had no time to wait for an answer. */
    void learnedNothing(Permit permit) {
        if (permit.handBack() && permit.state instanceof HalfOpen halfOpen) {
            change(halfOpen, open(halfOpen.timesInARow));
        }
    }

    private boolean change(State from, State to) {
        boolean changed = state.compareAndSet(from, to);
        if (changed) {
            changes.accept(name(to));
        }
        return changed;
    }

    private Open open(int timesInARow) {
        var doublings = Math.min(timesInARow - 1, 10);
        var pause = Math.min(FIRST_PAUSE.toNanos() << doublings, LONGEST_PAUSE.toNanos());
        return new Open(nanoTime.getAsLong() + pause - jitter.applyAsLong(pause / 2), timesInARow);
    }

    /** For display: {@code closed}, {@code open} or {@code half-open}. */
    String stateName() {
        return name(state.get());
    }

    private static String name(State state) {
        return switch (state) {
            case Closed _ -> "closed";
            case Open _ -> "open";
            case HalfOpen _ -> "half-open";
        };
    }
}
