package dev.gatehouse.realtime.http;

import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.presence.Departures;
import dev.gatehouse.realtime.presence.Entered;
import dev.gatehouse.realtime.presence.Member;
import dev.gatehouse.realtime.presence.MemberPage;
import dev.gatehouse.realtime.presence.TypingUsers;
import dev.gatehouse.web.Timestamp;
import dev.gatehouse.web.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Converts outcomes to JSON, as {@code realtime.yml} describes it. Data and info keep their text. */
final class RealtimeJson {

    private static final String NULL = "null";

    private RealtimeJson() {}

    static String of(Entered entered, boolean degraded) {
        return new JsonObject()
                .with("joined", entered.joined())
                .with("connections", entered.connections())
                .with("expiresAt", text(entered.expiresAt()))
                .withJson("departed", texts(entered.departed()))
                .with("degraded", degraded)
                .text();
    }

    static String of(Departures departures, boolean degraded) {
        return new JsonObject()
                .with("left", !departures.left().isEmpty())
                .withJson("departed", texts(departures.departed()))
                .with("degraded", degraded)
                .text();
    }

    static String of(MemberPage page, boolean degraded) {
        return new JsonObject()
                .withJson("members", array(page.members(), RealtimeJson::json))
                .with("count", page.count())
                .withJson("departed", texts(page.departed()))
                .withJson("next", page.next().map(JsonObject::quoted).orElse(NULL))
                .with("degraded", degraded)
                .text();
    }

    private static String json(Member member) {
        return new JsonObject()
                .with("userId", member.userId())
                .with("connections", member.connections())
                .with("since", text(member.since()))
                .withJson("info", member.info().orElse(NULL))
                .text();
    }

    static String of(TypingUsers typing, boolean degraded) {
        return new JsonObject()
                .with("changed", typing.changed())
                .withJson("typing", texts(typing.users()))
                .with("degraded", degraded)
                .text();
    }

    static String of(Publication publication, Published published, boolean degraded) {
        var json = new JsonObject().with("at", published.at().text()).with("id", publication.id());
        if (publication.recipients().isPresent()) {
            json.withJson("recipients", texts(published.recipients()));
        }
        return json.with("degraded", degraded).text();
    }

    static String of(CatchUp catchUp, boolean degraded) {
        return new JsonObject()
                .with("recovered", catchUp.recovered())
                .withJson("events", array(catchUp.events(), RealtimeJson::json))
                .with("at", catchUp.at().text())
                .with("more", catchUp.more())
                .with("degraded", degraded)
                .text();
    }

    private static String json(ChannelEvent event) {
        return new JsonObject()
                .with("at", event.at().text())
                .with("id", event.id())
                .with("event", event.event())
                .withJson("data", event.data())
                .with("publishedAt", text(event.publishedAt()))
                .text();
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
