// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.json.RealtimeJson;
import dev.gatehouse.realtime.presence.MemberPage;
import dev.gatehouse.web.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Writes the messages to clients. */
public final class ServerMessage {

    private ServerMessage() {}

    /** Returns the message to other members that a user joined. */
    static String joined(ChannelName channel, String userId, @Nullable String info) {
        var json = on("joined", channel).with("userId", userId);
        return (info == null ? json : json.withJson("info", info)).text();
    }

    /** Returns the message to other members that a user left or departed. */
    public static String left(ChannelName channel, String userId) {
        return on("left", channel).with("userId", userId).text();
    }

    /** Returns the message to other members that a user types or stopped. */
    static String typing(ChannelName channel, String userId, boolean typing) {
        return on("typing", channel)
                .with("userId", userId)
                .with("typing", typing)
                .text();
    }

    /**
     * Returns the response to a join: the members, and the position from which events follow.
     *
     * @param at the position of the client, if it has one: a later one would be wrong if the missed events do not arrive
     */
    static String self(ChannelName channel, String userId, MemberPage page, Position at, boolean degraded) {
        return on("joined", channel)
                .with("userId", userId)
                .with("self", true)
                .withJson("members", RealtimeJson.members(page))
                .with("count", page.count())
                .with("at", at.text())
                .with("degraded", degraded)
                .text();
    }

    /** Returns the response to a leave. */
    static String selfLeft(ChannelName channel, String userId) {
        return on("left", channel).with("userId", userId).with("self", true).text();
    }

    /** Returns an event of the log. */
    public static String event(ChannelName channel, ChannelEvent event) {
        return RealtimeJson.addTo(on("event", channel), event).text();
    }

    /** Returns the events that a client missed, or that some are missing. */
    public static String caughtUp(ChannelName channel, CatchUp catchUp) {
        return on("caught-up", channel)
                .with("recovered", catchUp.recovered())
                .withJson("events", RealtimeJson.events(catchUp))
                .with("at", catchUp.at().text())
                .with("more", catchUp.more())
                .text();
    }

    /**
     * Returns the response to a ping.
     *
     * @param degraded whether Redis does not reply; null if that is unknown
     */
    static String pong(@Nullable Boolean degraded) {
        var json = new JsonObject().with("on", "pong");
        return (degraded == null ? json : json.with("degraded", degraded)).text();
    }

    /**
     * Returns an error.
     *
     * @param channel the channel of the message, if it had one
     * @param problem the slug of the problem, as in HTTP responses
     */
    public static String error(@Nullable ChannelName channel, String problem, String detail) {
        var json = new JsonObject().with("on", "error");
        if (channel != null) {
            json.with("channel", channel.value());
        }
        return json.with("problem", problem).with("detail", detail).text();
    }

    /** Returns the response to a publication. */
    static String published(ChannelName channel, Position at, String id) {
        return on("published", channel).with("at", at.text()).with("id", id).text();
    }

    /** Adds the reference of the client's message. */
    static String withRef(String message, @Nullable String ref) {
        return ref == null
                ? message
                : message.substring(0, message.length() - 1) + ",\"ref\":" + JsonObject.quoted(ref) + "}";
    }

    private static JsonObject on(String what, ChannelName channel) {
        return new JsonObject().with("on", what).with("channel", channel.value());
    }
}
