package dev.gatehouse.session;

/**
 * How long a token that was exchanged opens its session still, for requests that were under way with it, and for whoever
 * did not hear of the new one. With 0 it ends at once: should the answer be lost, so is the session.
 *
 * @param seconds 0 to {@value #MAX_SECONDS}
 */
public record Grace(long seconds) {

    public static final long MAX_SECONDS = 3600;
    public static final Grace DEFAULT = new Grace(10);

    public Grace {
        if (seconds < 0 || seconds > MAX_SECONDS) {
            throw new InvalidSession("graceSeconds", "must be 0 to " + MAX_SECONDS);
        }
    }
}
