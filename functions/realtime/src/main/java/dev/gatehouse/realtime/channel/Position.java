// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.validation.InvalidArgument;
import java.util.regex.Pattern;

/**
 * A position in the log of a channel: that of one event, or of the beginning of the log. Opaque to clients. The nonce
 * distinguishes the event from one with the same offset in a log that was lost.
 *
 * @param offset grows by one with each event
 * @param nonce random
 */
public record Position(long offset, String nonce) {

    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,14})-([A-Za-z0-9_-]{22})");

    /**
     * Parses the text of a position.
     *
     * @throws InvalidArgument if no position has this text
     */
    public static Position of(String text) {
        var matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidArgument("since", "must be a position that was returned as at");
        }
        return new Position(Long.parseLong(matcher.group(1)), matcher.group(2));
    }

    /** Returns the text for clients. */
    public String text() {
        return offset + "-" + nonce;
    }
}
