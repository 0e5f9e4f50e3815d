// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tracks whether Redis has rejected a write and not accepted one since. A read-only or full Redis still answers reads.
 * Only a probe that accompanies a command shows that Redis has recovered.
 */
final class WriteProbe {

    /** The error for a command or a key that the user has no right to. */
    static final String NOT_PERMITTED = "NOPERM";

    /** Errors with which Redis rejects writes or scripts, though it may answer everything else. */
    private static final Set<String> REJECTIONS = Set.of("MISCONF", NOT_PERMITTED, "NOREPLICAS", "OOM", "READONLY");

    private static final long PAUSE_NANOS = CircuitBreaker.FIRST_PAUSE.toNanos();

    /** Cannot collide: a tenant's name does not begin with {@code _}. */
    private static final String NO_TENANT = "_probe";

    /**
     * A rejected write.
     *
     * @param tag the part of its key from which a cluster derives the slot
     */
    private record Rejection(String tag, String code) {}

    private final LongSupplier nanoTime;
    private final AtomicLong pausedUntilNanos = new AtomicLong();
    private volatile @Nullable Rejection latest;

    /** @param nanoTime a monotonic clock */
    WriteProbe(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    static boolean isRejection(String code) {
        return REJECTIONS.contains(code);
    }

    boolean hasRejection() {
        return latest != null;
    }

    /**
     * Records that Redis rejected a write with {@code code}.
     *
     * @param rejected null if the write was not a script
     */
    void recordRejection(@Nullable ScriptCall rejected, String code) {
        var previous = latest;
        if (previous == null) {
            pausedUntilNanos.set(nanoTime.getAsLong());
        }
        var tag = rejected != null ? tagOf(rejected.keys().getFirst()) : previous != null ? previous.tag : NO_TENANT;
        latest = new Rejection(tag, code);
    }

    /** Records that Redis accepted a write, or that the probe cannot determine it. */
    void clear() {
        latest = null;
    }

    /**
     * Returns whether a probe that Redis rejected with {@code code} shows that it still rejects writes. The probe needs all
     * rights of all functions. A user without some of them may still write, unless a function lacked a right, too.
     */
    boolean isConfirmedBy(String code) {
        var rejection = latest;
        return isRejection(code)
                && (!code.equals(NOT_PERMITTED) || (rejection != null && rejection.code.equals(NOT_PERMITTED)));
    }

    /** Returns whether to send the probe after the command with {@code permit}: always if it probes the circuit, else at intervals. */
    boolean isDue(CircuitBreaker.Permit permit) {
        if (!hasRejection()) {
            return false;
        }
        var now = nanoTime.getAsLong();
        var pausedUntil = pausedUntilNanos.get();
        return permit.isProbe()
                || (now - pausedUntil >= 0 && pausedUntilNanos.compareAndSet(pausedUntil, now + PAUSE_NANOS));
    }

    /** Returns the probe; on a cluster, in the slot of the rejected write. */
    ScriptCall call() {
        var rejection = latest;
        return ScriptCall.probe("gh:{" + (rejection == null ? NO_TENANT : rejection.tag) + "}:write");
    }

    /** Returns the part of {@code key} from which a cluster derives the slot. */
    private static String tagOf(String key) {
        var open = key.indexOf('{');
        var close = key.indexOf('}', open + 1);
        return open >= 0 && close > open + 1 ? key.substring(open + 1, close) : key;
    }
}
