// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import java.util.Locale;

/**
 * A reply as words for logs and metrics.
 *
 * @param outcome {@code answered}, {@code refused}, {@code not-sent} or {@code unanswered}
 * @param reason the error code of Redis in lower case, or a failure reason such as {@code circuit-open}; empty if
 *     {@code answered}
 */
public record ReplyWords(String outcome, String reason) {

    private static final ReplyWords ANSWERED = new ReplyWords("answered", "");

    public static ReplyWords of(Reply<?> reply) {
        return switch (reply) {
            case Answered<?> _ -> ANSWERED;
            case Refused<?>(var code) -> new ReplyWords("refused", code.toLowerCase(Locale.ROOT));
            case NotSent<?>(var reason) -> new ReplyWords("not-sent", reason.id());
            case Unknown<?>(var reason) -> new ReplyWords("unanswered", reason.id());
        };
    }

    @Override
    public String toString() {
        return reason.isEmpty() ? outcome : outcome + " (" + reason + ")";
    }
}
