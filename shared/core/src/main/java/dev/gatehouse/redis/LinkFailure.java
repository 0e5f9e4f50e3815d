package dev.gatehouse.redis;

import dev.gatehouse.redis.lettuce.ConnectFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why Redis does not serve at the moment.
 *
 * @param why in one line, without secrets
 * @param code the first word of the error with which Redis replied: {@code READONLY}, {@code OOM}, {@code WRONGPASS}, …; null
 *     where it did not reply
 * @param connected whether there was an open connection
 */
public record LinkFailure(String why, @Nullable String code, boolean connected) {

    /** Describes an attempt to connect that failed with {@code thrown}. */
    public static LinkFailure behind(Throwable thrown) {
        var failure = ConnectFailure.of(thrown);
        return new LinkFailure(failure.why(), failure.code(), false);
    }

    /** A command had no reply. */
    static LinkFailure noReply(String why) {
        return new LinkFailure(why, null, true);
    }

    /** Redis replies to commands with an error. */
    static LinkFailure error(String code) {
        return new LinkFailure("it answers " + code, code, true);
    }
}
