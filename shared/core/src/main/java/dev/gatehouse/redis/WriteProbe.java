package dev.gatehouse.redis;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether Redis has refused to write and not been seen to write since. A read-only or full Redis answers all that
 * only reads, so answers do not show that it is well again: a small write of our own does, which goes along with a question.
 */
final class WriteProbe {

    /** Errors by which Redis says that it does not write now, though it may answer all else. */
    private static final Set<String> REFUSALS = Set.of("MISCONF", "NOREPLICAS", "OOM", "READONLY");

    private static final long PAUSE_NANOS = CircuitBreaker.FIRST_PAUSE.toNanos();

    /** For {@link #tag}: there is no doubt. */
    private static final String NONE = "";

    /** A tenant's name cannot begin with {@code _}, so it is nobody else's. */
    private static final String UNKNOWN = "_probe";

    private final LongSupplier nanoTime;
    private final AtomicLong pausedUntilNanos = new AtomicLong();
    private volatile String tag = NONE;

    /** @param nanoTime a clock that never goes back */
    WriteProbe(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    static boolean isRefusal(String code) {
        return REFUSALS.contains(code);
    }

    boolean isRaised() {
        return !tag.equals(NONE);
    }

    /**
     * A write was refused.
     *
     * @param refused null: it was no script
     */
    void raise(@Nullable ScriptCall refused) {
        var first = !isRaised();
        if (first) {
            pausedUntilNanos.set(nanoTime.getAsLong());
        }
        if (refused != null) {
            tag = tagOf(refused.keys().getFirst());
        } else if (first) {
            tag = UNKNOWN;
        }
    }

    /** A write was done, or it turned out that none of ours can show anything. */
    void settle() {
        tag = NONE;
    }

    /** Whether a write should go along with a question now, which is let pass by {@code permit}: with each probe, else seldom. */
    boolean wantsTrial(CircuitBreaker.Permit permit) {
        if (!isRaised()) {
            return false;
        }
        var now = nanoTime.getAsLong();
        var pausedUntil = pausedUntilNanos.get();
        return permit.isProbe()
                || (now - pausedUntil >= 0 && pausedUntilNanos.compareAndSet(pausedUntil, now + PAUSE_NANOS));
    }

    /** The write to try: on a cluster, in the slot of what was refused. */
    ScriptCall trial() {
        var key = "gh:{" + (isRaised() ? tag : UNKNOWN) + "}:write";
        return new ScriptCall(Write.SCRIPT, List.of(key), List.of());
    }

    /** The part of {@code key} by which a cluster places it. */
    private static String tagOf(String key) {
        var open = key.indexOf('{');
        var close = key.indexOf('}', open + 1);
        return open >= 0 && close > open + 1 ? key.substring(open + 1, close) : key;
    }

    /** Read when it is first tried. */
    private static final class Write {

        private static final Script SCRIPT = Script.beside(WriteProbe.class, "try-write");
    }
}
