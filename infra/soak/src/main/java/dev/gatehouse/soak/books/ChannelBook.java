// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.ArrayList;
import java.util.Map;
import java.util.stream.IntStream;

/** A member enters a channel and reads it while it is written: each event once, in order, without a gap. */
final class ChannelBook extends Book {

    private static final int EVENTS = 30;
    private static final int SECONDS = 60;

    ChannelBook(Api api, Losses losses) {
        super("channels, presence", api, losses);
    }

    @Override
    void episode() {
        var channel = fresh("room:");
        Map<String, Object> member = Map.of("channel", channel, "userId", "ada", "connectionId", "1");
        var entered = post(
                "/v1/presence/enter",
                Map.of("channel", channel, "userId", "ada", "connectionId", "1", "ttlSeconds", SECONDS));
        require(entered.is(200) && entered.body().path("joined").asBoolean(), "the first connection joins", "not");

        var since = post("/v1/channels/catch-up", Map.of("channel", channel)).text("at");
        var read = new ArrayList<Integer>();
        for (var number = 0; number < EVENTS; number++) {
            var published = post(
                    "/v1/channels/publish",
                    Map.of(
                            "channel",
                            channel,
                            "event",
                            "number",
                            "data",
                            number,
                            "keep",
                            Map.of("events", 100, "seconds", SECONDS)));
            // 200 after a repetition by the link, whose first reply was lost.
            require(published.is(201) || published.is(200), "an event is published", published);
            if (number % 7 == 6 || number == EVENTS - 1) {
                var caughtUp = post("/v1/channels/catch-up", Map.of("channel", channel, "since", since));
                require(caughtUp.body().path("recovered").asBoolean(), "no event is missing", "recovered: false");
                caughtUp.body()
                        .path("events")
                        .forEach(event -> read.add(event.path("data").asInt()));
                since = caughtUp.text("at");
            }
        }
        require(read.equals(IntStream.range(0, EVENTS).boxed().toList()), "each event is read once and in order", read);

        require(members(channel) == 1, "the member is listed", members(channel));
        post("/v1/presence/leave", member);
        require(members(channel) == 0, "a member who left is not listed", members(channel));
    }

    private int members(String channel) {
        return post("/v1/presence/list", Map.of("channel", channel))
                .body()
                .path("members")
                .size();
    }
}
