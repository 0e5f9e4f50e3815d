package dev.gatehouse.redis;

import org.jspecify.annotations.Nullable;

/**
 * Why Redis does not serve at the moment.
 *
 * @param why in one line, without secrets
 * @param code the first word of the error that Redis answered with: {@code READONLY}, {@code OOM}, {@code WRONGPASS}, …; null
 *     where it did not answer
 * @param connected whether it was on an open connection; false where none could be had
 */
public record LinkFailure(String why, @Nullable String code, boolean connected) {

    /** Why an attempt to reach Redis failed that threw {@code thrown}, in the words that the link has for it. */
    public static LinkFailure behind(Throwable thrown) {
        return ConnectFailure.because(thrown).failure();
    }

    /** There was no answer to what was sent. */
    static LinkFailure silence(String why) {
        return new LinkFailure(why, null, true);
    }

    /** It answers commands with an error. */
    static LinkFailure answering(String code) {
        return new LinkFailure("it answers " + code, code, true);
    }
}
