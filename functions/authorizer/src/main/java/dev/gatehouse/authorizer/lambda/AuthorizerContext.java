// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.apikeys.IssuedKey;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Session;
import dev.gatehouse.telemetry.JsonLine;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The context of a response, for the integration behind the gateway, its gateway responses and its access log. Simple
 * responses hold strings, booleans and numbers. Policies hold strings only, which REST and WebSocket APIs accept reliably.
 */
final class AuthorizerContext {

    private final JsonLine json = new JsonLine();
    private final boolean isTyped;

    AuthorizerContext(ResponseFormat format) {
        this.isTyped = format == ResponseFormat.SIMPLE;
    }

    AuthorizerContext text(String name, String value) {
        json.text(name, value);
        return this;
    }

    AuthorizerContext flag(String name, boolean value) {
        var _ = isTyped ? json.flag(name, value) : json.text(name, Boolean.toString(value));
        return this;
    }

    private AuthorizerContext number(String name, long value) {
        var _ = isTyped ? json.number(name, value) : json.text(name, Long.toString(value));
        return this;
    }

    AuthorizerContext session(@Nullable Session session) {
        return session == null
                ? this
                : text("userId", session.userId().value())
                        .text("sessionId", session.id().text());
    }

    AuthorizerContext key(IssuedKey key) {
        return text("ownerId", key.owner().value())
                .text("keyId", key.id().text())
                .text("scopes", String.join(" ", key.details().scopes()));
    }

    /** Adds those of {@code attributes} that have a flat text. */
    AuthorizerContext attributes(Attributes attributes, List<String> names) {
        for (var name : names) {
            var text = attributes.text(name);
            if (text != null) {
                text(name, text);
            }
        }
        return this;
    }

    AuthorizerContext quotas(CheckedLimits quotas) {
        flag("limited", quotas.exceeded());
        quotas.tightest()
                .ifPresent(tightest -> text("rateLimitPolicy", tightest.limit().name())
                        .number("rateLimitLimit", tightest.limit().limit())
                        .number("rateLimitRemaining", tightest.decision().remaining())
                        .number("rateLimitReset", seconds(tightest.decision().resetAfter())));
        // Null where no wait suffices.
        var retryAfter = quotas.retryAfter();
        return quotas.exceeded() && retryAfter != null ? retryAfter(retryAfter) : this;
    }

    /** Adds the wait in whole seconds, rounded up, at least 1. */
    AuthorizerContext retryAfter(Duration wait) {
        return number("retryAfter", Math.max(1, seconds(wait)));
    }

    /** Returns whole seconds, rounded up. */
    private static long seconds(Duration time) {
        return time.plusNanos(999_999_999).toSeconds();
    }

    JsonLine json() {
        return json;
    }
}
