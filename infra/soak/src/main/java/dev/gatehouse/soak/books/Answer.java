// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A response of the server.
 *
 * @param status the HTTP status; 0 if there was none
 * @param body the JSON document; missing if there was none
 */
public record Answer(int status, JsonNode body) {

    /** Returns whether the server has decided by Redis. Otherwise the request may have had an effect or not. */
    public boolean isCertain() {
        return status != 0 && status != 503 && !body.path("degraded").asBoolean();
    }

    /** Returns whether the server failed, in a way that no fault of Redis excuses. */
    public boolean isServerError() {
        return status >= 500 && status != 503;
    }

    public boolean is(int expected) {
        return status == expected;
    }

    String text(String field) {
        return body.path(field).asText();
    }

    long number(String field) {
        return body.path(field).asLong();
    }

    /** Returns the status and the problem, without values such as tokens. */
    @Override
    public String toString() {
        return status + " " + text("detail") + body.path("errors");
    }
}
