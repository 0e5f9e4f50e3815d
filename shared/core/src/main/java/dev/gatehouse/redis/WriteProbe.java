package dev.gatehouse.redis;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tracks whether Redis has rejected a write and not accepted one since. A read-only or full Redis still answers reads.
 * Only a small write that accompanies a command shows that Redis has recovered.
 */
final class WriteProbe {

    /** Errors with which Redis rejects writes or scripts, though it may answer everything else. */
    private static final Set<String> REJECTIONS = Set.of("MISCONF", "NOPERM", "NOREPLICAS", "OOM", "READONLY");

    private static final long PAUSE_NANOS = CircuitBreaker.FIRST_PAUSE.toNanos();

    /** The value of {@link #tag} while Redis accepts writes. */
    private static final String NONE = "";

    /** Cannot collide: a tenant's name does not begin with {@code _}. */
    private static final String UNKNOWN = "_probe";

    private final LongSupplier nanoTime;
    private final AtomicLong pausedUntilNanos = new AtomicLong();
    private volatile String tag = NONE;

    /** @param nanoTime a monotonic clock */
    WriteProbe(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    static boolean isRejection(String code) {
        return REJECTIONS.contains(code);
    }

    boolean isRaised() {
        return !tag.equals(NONE);
    }

    /**
     * Records that Redis rejected a write.
     *
     * @param rejected null if the write was not a script
     */
    void raise(@Nullable ScriptCall rejected) {
        var first = !isRaised();
        if (first) {
            pausedUntilNanos.set(nanoTime.getAsLong());
        }
        if (rejected != null) {
            tag = tagOf(rejected.keys().getFirst());
        } else if (first) {
            tag = UNKNOWN;
        }
    }

    /** Records that Redis accepted a write, or that the probe cannot determine it. */
    void settle() {
        tag = NONE;
    }

    /** Returns whether a write is to accompany the command with {@code permit}: each probe, and others at intervals. */
    boolean isDue(CircuitBreaker.Permit permit) {
        if (!isRaised()) {
            return false;
        }
        var now = nanoTime.getAsLong();
        var pausedUntil = pausedUntilNanos.get();
        return permit.isProbe()
                || (now - pausedUntil >= 0 && pausedUntilNanos.compareAndSet(pausedUntil, now + PAUSE_NANOS));
    }

    /** Returns the write; on a cluster, in the slot of the rejected one. */
    ScriptCall call() {
        var key = "gh:{" + (isRaised() ? tag : UNKNOWN) + "}:write";
        return ScriptCall.of(Write.SCRIPT).key(key);
    }

    /** Returns the part of {@code key} from which a cluster derives the slot. */
    private static String tagOf(String key) {
        var open = key.indexOf('{');
        var close = key.indexOf('}', open + 1);
        return open >= 0 && close > open + 1 ? key.substring(open + 1, close) : key;
    }

    /** Loads the script at its first use. */
    private static final class Write {

        private static final Script SCRIPT = Script.beside(WriteProbe.class, "try-write");
    }
}
