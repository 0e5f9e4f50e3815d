// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import dev.gatehouse.cache.CacheEntry;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.LookupOutcome;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Held;
import dev.gatehouse.cache.LookupOutcome.LoadState.Idle;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.web.Timestamp;
import dev.gatehouse.web.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Converts outcomes to JSON, as {@code cache.yml} describes it. Values keep their text, which a serializer would change. */
final class CacheJson {

    private CacheJson() {}

    static String of(List<LookupOutcome> outcomes, boolean degraded) {
        var entries = outcomes.stream().map(CacheJson::text).collect(Collectors.joining(",", "[", "]"));
        return new JsonObject()
                .with("degraded", degraded)
                .withJson("entries", entries)
                .text();
    }

    static String of(Filled filled, boolean degraded) {
        return new JsonObject()
                .with("freshUntil", text(filled.freshUntil()))
                .with("expiresAt", text(filled.expiresAt()))
                .with("degraded", degraded)
                .text();
    }

    private static String text(LookupOutcome outcome) {
        var json = new JsonObject();
        switch (outcome) {
            case Fresh(var entry, var _) -> add(json.with("outcome", "fresh"), entry);
            case Stale(var entry, var _) -> add(json.with("outcome", "stale"), entry);
            case Missing _ -> json.with("outcome", "missing");
        }
        switch (outcome.load()) {
            case Leased(var owner, var expiresAt) ->
                json.withJson(
                        "lease",
                        new JsonObject()
                                .with("owner", owner.token())
                                .with("expiresAt", text(expiresAt))
                                .text());
            case Loading(var expiresAt, var retryAfter) -> addLoading(json, expiresAt, retryAfter);
            case Held(var expiresAt, var retryAfter) -> addLoading(json, expiresAt, retryAfter);
            case Idle _ -> {
                // No member: no load is due.
            }
        }
        return json.text();
    }

    private static void addLoading(JsonObject json, Instant expiresAt, Duration retryAfter) {
        json.withJson(
                "loading",
                new JsonObject()
                        .with("expiresAt", text(expiresAt))
                        // Rounded up: an earlier lookup would find the lease still live.
                        .with("retryAfterMillis", (retryAfter.toNanos() + 999_999) / 1_000_000)
                        .text());
    }

    private static void add(JsonObject json, CacheEntry entry) {
        json.withJson("value", entry.value().text())
                .with("freshUntil", text(entry.freshUntil()))
                .with("expiresAt", text(entry.expiresAt()));
    }

    private static String text(Instant instant) {
        return new Timestamp(instant).toString();
    }
}
