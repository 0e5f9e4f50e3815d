// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.json;

import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.presence.Departures;
import dev.gatehouse.realtime.presence.Entered;
import dev.gatehouse.realtime.presence.Member;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.presence.MemberPage;
import dev.gatehouse.realtime.presence.TypingUsers;
import dev.gatehouse.web.Timestamp;
import dev.gatehouse.web.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Converts outcomes to JSON, as {@code realtime.yml} describes it. Data and info keep their text. */
public final class RealtimeJson {

    private static final String NULL = "null";

    private RealtimeJson() {}

    public static String of(Entered entered, boolean degraded) {
        return new JsonObject()
                .with("joined", entered.joined())
                .with("connections", entered.connections())
                .with("expiresAt", text(entered.expiresAt()))
                .withJson("departed", texts(entered.departed()))
                .with("degraded", degraded)
                .text();
    }

    public static String of(Departures departures, boolean degraded) {
        return new JsonObject()
                .with("left", !departures.left().isEmpty())
                .withJson("departed", texts(departures.departed()))
                .with("degraded", degraded)
                .text();
    }

    public static String of(MemberPage page, boolean degraded) {
        return new JsonObject()
                .withJson("members", members(page))
                .with("count", page.count())
                .withJson("departed", texts(page.departed()))
                .withJson("next", page.next().map(JsonObject::quoted).orElse(NULL))
                .with("degraded", degraded)
                .text();
    }

    /** Returns the members of a page as an array. */
    public static String members(MemberPage page) {
        return array(page.members(), RealtimeJson::json);
    }

    /** Returns a member of a channel. */
    public static String json(Member member) {
        return new JsonObject()
                .with("userId", member.userId())
                .with("connections", member.connections())
                .with("since", text(member.since()))
                .withJson("info", member.info().orElse(NULL))
                .text();
    }

    public static String of(TypingUsers typing, boolean degraded) {
        return new JsonObject()
                .with("changed", typing.changed())
                .withJson("typing", texts(typing.users()))
                .with("degraded", degraded)
                .text();
    }

    public static String of(Publication publication, Published published, boolean degraded) {
        var json = new JsonObject().with("at", published.at().text()).with("id", publication.id());
        if (publication.recipients().isPresent()) {
            json.withJson(
                    "recipients",
                    texts(published.recipients().stream()
                            .map(MemberConnection::connectionId)
                            .toList()));
        }
        return json.with("degraded", degraded).text();
    }

    public static String of(CatchUp catchUp, boolean degraded) {
        return new JsonObject()
                .with("recovered", catchUp.recovered())
                .withJson("events", events(catchUp))
                .with("at", catchUp.at().text())
                .with("more", catchUp.more())
                .with("degraded", degraded)
                .text();
    }

    /** Returns the events as an array. */
    public static String events(CatchUp catchUp) {
        return array(catchUp.events(), RealtimeJson::json);
    }

    /** Returns an event of a log. */
    public static String json(ChannelEvent event) {
        return addTo(new JsonObject(), event).text();
    }

    /** Adds the members of an event. */
    public static JsonObject addTo(JsonObject json, ChannelEvent event) {
        json.with("at", event.at().text())
                .with("id", event.id())
                .with("event", event.event())
                .withJson("data", event.data())
                .with("publishedAt", text(event.publishedAt()));
        event.from().ifPresent(userId -> json.with("from", userId));
        return json;
    }

    private static String texts(List<String> texts) {
        return array(texts, JsonObject::quoted);
    }

    private static <T> String array(List<T> elements, Function<T, String> json) {
        return elements.stream().map(json).collect(Collectors.joining(",", "[", "]"));
    }

    private static String text(Instant instant) {
        return new Timestamp(instant).toString();
    }
}
