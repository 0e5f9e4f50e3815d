package dev.gatehouse.ratelimit.algorithm;

/**
 * The use of a limit by one subject and the subject's lock-out. Times are in microseconds since 1970.
 *
 * @param blockedUntil the time until which the subject is locked out; 0 if it is not
 */
public record LimitRecord(LimitState state, long blockedUntil) {

    /** Returns the record of a subject that is not locked out. */
    public static LimitRecord of(LimitState state) {
        return new LimitRecord(state, 0);
    }

    /** Returns this record with another use. */
    public LimitRecord with(LimitState other) {
        return new LimitRecord(other, blockedUntil);
    }

    /** Returns the record at {@code now} under an algorithm. A lock-out that has ended is removed. */
    public LimitRecord found(RateAlgorithm algorithm, long now) {
        return new LimitRecord(algorithm.found(state, now), isBlocked(now) ? blockedUntil : 0);
    }

    /** Returns the rest of the lock-out in microseconds; 0 if there is none. */
    public long blockedFor(long now) {
        return Math.max(0, blockedUntil - now);
    }

    public boolean isBlocked(long now) {
        return blockedUntil > now;
    }

    /** Returns the time in microseconds for which the record must be stored; 0 if it holds nothing. */
    public long life(long now) {
        return Math.max(state.life(now), blockedFor(now));
    }
}
