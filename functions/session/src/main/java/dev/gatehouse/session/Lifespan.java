package dev.gatehouse.session;

/**
 * The times of a session, in microseconds.
 *
 * @param seen the last touch that was written
 * @param idle the idle timeout
 * @param idleEnds the end of an untouched session; never after {@code expires}
 */
record Lifespan(long created, long seen, long idle, long idleEnds, long expires) {

    private static final long LONGEST_THROTTLE = 60_000_000;
    private static final long THROTTLES_IN_IDLE = 30;

    static Lifespan beginning(long now, long idle, long absolute) {
        return new Lifespan(now, now, idle, now + Math.min(idle, absolute), now + absolute);
    }

    boolean isLive(long now) {
        return now < idleEnds && now < expires;
    }

    /** Returns whether a touch must be written. */
    boolean isTouchDue(long now) {
        long sinceSeen = now - seen;
        return sinceSeen >= LONGEST_THROTTLE || sinceSeen * THROTTLES_IN_IDLE >= idle;
    }

    /** Returns the times after a touch. None moves backward, even if the clock did. */
    Lifespan touched(long now) {
        return new Lifespan(
                created, Math.max(seen, now), idle, Math.max(idleEnds, Math.min(now + idle, expires)), expires);
    }
}
