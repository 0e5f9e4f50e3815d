// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.channel.PublishOutcome.TooManyRecipients;
import dev.gatehouse.realtime.json.RealtimeJson;
import dev.gatehouse.realtime.presence.Departures;
import dev.gatehouse.realtime.presence.Entered;
import dev.gatehouse.realtime.presence.MemberPage;
import dev.gatehouse.realtime.presence.TypingUsers;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;

/** Maps outcomes of presence and channels to status, headers and body. */
final class RealtimeResponseMapper {

    private RealtimeResponseMapper() {}

    static HttpResponse<?> toEntered(Decision<Entered> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the connection entered is unknown. It is safe to repeat.",
                decided -> ok(RealtimeJson.of(decided.value(), decided.degraded())));
    }

    static HttpResponse<?> toLeft(Decision<Departures> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the connection left is unknown. It is safe to repeat; otherwise the connection ends by itself.",
                decided -> ok(RealtimeJson.of(decided.value(), decided.degraded())));
    }

    static HttpResponse<?> toMembers(Decision<MemberPage> decision) {
        return DecisionResponse.of(
                decision,
                "The members cannot be listed now. It is safe to repeat.",
                decided -> ok(RealtimeJson.of(decided.value(), decided.degraded())));
    }

    static HttpResponse<?> toTyping(Decision<TypingUsers> decision) {
        return DecisionResponse.of(
                decision,
                "Whether the typing was recorded is unknown. It is safe to repeat.",
                decided -> ok(RealtimeJson.of(decided.value(), decided.degraded())));
    }

    static HttpResponse<?> toPublished(Publication publication, Decision<PublishOutcome> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "Whether the event was published is unknown. It is safe to repeat with this id: if it was, "
                                        + "nothing more is published.")
                        .with("id", publication.id()),
                decided -> switch (decided.value()) {
                    case Published published -> {
                        var body = RealtimeJson.of(publication, published, decided.degraded());
                        yield published.repeated()
                                ? ok(body)
                                : HttpResponse.created(body).contentType(MediaType.APPLICATION_JSON_TYPE);
                    }
                    case TooManyRecipients(int connections) ->
                        Problem.of(
                                        "too-many-recipients",
                                        "Content Too Large",
                                        413,
                                        "The channel has more than " + ChannelLog.MAX_RECIPIENTS
                                                + " live connections. Nothing was published.")
                                .with("connections", connections)
                                .with("degraded", decided.degraded())
                                .response();
                });
    }

    static HttpResponse<?> toCaughtUp(Decision<CatchUp> decision) {
        return DecisionResponse.of(
                decision,
                "The events cannot be read now. It is safe to repeat.",
                decided -> ok(RealtimeJson.of(decided.value(), decided.degraded())));
    }

    private static MutableHttpResponse<?> ok(String body) {
        return HttpResponse.ok(body).contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}
