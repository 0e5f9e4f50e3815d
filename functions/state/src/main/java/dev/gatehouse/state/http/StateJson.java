// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.ReadOutcome;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StateInfo;
import dev.gatehouse.state.StatePage;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.web.Timestamp;
import dev.gatehouse.web.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Converts outcomes to JSON, as {@code state.yml} describes it. Values keep their text, which a serializer would change. */
final class StateJson {

    private static final String NULL = "null";

    private StateJson() {}

    static String of(Found found, boolean degraded) {
        var json = new JsonObject();
        add(json, found.info());
        return json.withJson("value", found.value().json())
                .with("degraded", degraded)
                .text();
    }

    static String of(Unchanged unchanged, boolean degraded) {
        var json = new JsonObject().with("unchanged", true);
        add(json, unchanged.info());
        return json.with("degraded", degraded).text();
    }

    static String of(Saved saved, String saveId, boolean degraded) {
        return json(saved, saveId).with("degraded", degraded).text();
    }

    /** @param saveIds the ids of the writes, in their order */
    static String of(AllSaved all, List<String> saveIds, boolean degraded) {
        var states = IntStream.range(0, saveIds.size())
                .mapToObj(i -> json(all.saved().get(i), saveIds.get(i)).text())
                .collect(Collectors.joining(",", "[", "]"));
        return new JsonObject()
                .withJson("saved", states)
                .with("degraded", degraded)
                .text();
    }

    private static JsonObject json(Saved saved, String saveId) {
        return new JsonObject()
                .with("version", saved.version())
                .with("created", saved.created())
                .with("savedAt", text(saved.savedAt()))
                .with("expiresAt", text(saved.expiresAt()))
                .with("saveId", saveId);
    }

    static String of(String owner, Claimed claimed, boolean degraded) {
        var json = new JsonObject()
                .with("owner", owner)
                .with("fence", claimed.fence())
                .with("leaseExpiresAt", text(claimed.leaseEnds()));
        addState(json, claimed.state());
        return json.with("degraded", degraded).text();
    }

    private static void addState(JsonObject json, ReadOutcome state) {
        switch (state) {
            case Found(var info, var value) ->
                json.with("version", info.version()).withJson("value", value.json());
            case Unchanged(var info) -> json.with("version", info.version()).with("unchanged", true);
            case Unknown _ -> json.withJson("version", NULL).withJson("value", NULL);
        }
    }

    /** Converts the end of an extended lease. */
    static String of(Instant leaseEnds, boolean degraded) {
        return new JsonObject()
                .with("leaseExpiresAt", text(leaseEnds))
                .with("degraded", degraded)
                .text();
    }

    static String of(StatePage page, boolean degraded) {
        var states = page.states().stream().map(StateJson::json).collect(Collectors.joining(",", "[", "]"));
        return new JsonObject()
                .withJson("states", states)
                .withJson(
                        "next",
                        page.next().map(next -> JsonObject.quoted(next.text())).orElse(NULL))
                .with("degraded", degraded)
                .text();
    }

    private static String json(StatePage.Entry entry) {
        var json = new JsonObject().with("id", entry.id());
        add(json, entry.info());
        return json.text();
    }

    private static void add(JsonObject json, StateInfo info) {
        json.with("version", info.version())
                .with("createdAt", text(info.createdAt()))
                .with("savedAt", text(info.savedAt()))
                .with("expiresAt", text(info.expiresAt()))
                .withJson("writer", info.writer().map(StateJson::json).orElse(NULL));
    }

    private static String json(StateInfo.Writer writer) {
        return new JsonObject()
                .with("heldBy", writer.heldBy())
                .with("leaseExpiresAt", text(writer.leaseEnds()))
                .text();
    }

    private static String text(Instant instant) {
        return new Timestamp(instant).toString();
    }
}
