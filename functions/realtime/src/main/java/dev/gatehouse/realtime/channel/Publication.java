// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An event to publish.
 *
 * @param event its type, 1 to {@value #MAX_EVENT_LENGTH} visible ASCII characters
 * @param data JSON text, at most {@value #MAX_DATA_BYTES} bytes
 * @param id 1 to {@value #MAX_ID_LENGTH} visible ASCII characters; while an event with this id is kept, another is not published
 * @param keep how much of the log is kept after it; empty for what the last publication with one determined, or else {@link
 *     Keep#DEFAULT}
 * @param from the user who publishes; empty for a backend
 * @param recipients whether to return the live connections of the channel, and which not; empty for no
 */
public record Publication(
        String event,
        String data,
        String id,
        Optional<Keep> keep,
        Optional<String> from,
        Optional<Recipients> recipients) {

    public static final int MAX_EVENT_LENGTH = 64;
    public static final int MAX_DATA_BYTES = 32 * 1024;
    public static final int MAX_ID_LENGTH = 255;

    /**
     * How much of a log is kept. That of the last publication with one counts.
     *
     * @param events the number of the last events, 1 to {@value #MAX_EVENTS}
     * @param seconds the time for which the log is kept after the last publication, 1 to {@value #MAX_SECONDS}
     */
    public record Keep(int events, long seconds) {

        public static final int MAX_EVENTS = 1000;
        public static final long MAX_SECONDS = 86_400;
        public static final Keep DEFAULT = new Keep(100, 300);

        public Keep {
            InvalidArgument.requireRange("events", events, 1, MAX_EVENTS);
            InvalidArgument.requireRange("seconds", seconds, 1, MAX_SECONDS);
        }
    }

    /**
     * The request for the live connections.
     *
     * @param exclude the id of a connection to leave out, usually that of the publisher; empty for none
     */
    public record Recipients(String exclude) {}

    public Publication {
        InvalidArgument.requireVisible("event", event, 1, MAX_EVENT_LENGTH);
        InvalidArgument.requireVisible("id", id, 1, MAX_ID_LENGTH);
        if (data.isEmpty() || !HashTag.isWellFormed(data)) {
            throw new InvalidArgument("data", "must be well-formed JSON");
        }
        if (data.getBytes(StandardCharsets.UTF_8).length > MAX_DATA_BYTES) {
            throw new InvalidArgument("data", "must be at most " + MAX_DATA_BYTES + " bytes");
        }
    }

    /** Returns a publication with an id of its own. */
    public static Publication of(String event, String data) {
        return new Publication(
                event, data, RandomToken.next(), Optional.of(Keep.DEFAULT), Optional.empty(), Optional.empty());
    }

    public Publication withId(String unique) {
        return new Publication(event, data, unique, keep, from, recipients);
    }

    /** Returns this publication by a user. */
    public Publication from(String userId) {
        return new Publication(event, data, id, keep, Optional.of(userId), recipients);
    }

    public Publication keeping(Keep other) {
        return new Publication(event, data, id, Optional.of(other), from, recipients);
    }

    /** Returns this publication, which does not change how much of the log is kept. */
    public Publication keepingAsBefore() {
        return new Publication(event, data, id, Optional.empty(), from, recipients);
    }

    /** Returns this publication with a request for the live connections but {@code exclude}. */
    public Publication toRecipients(String exclude) {
        return new Publication(event, data, id, keep, from, Optional.of(new Recipients(exclude)));
    }

    /** Leaves out the data, which belongs to the caller. */
    @Override
    public String toString() {
        return "Publication[…]";
    }
}
