// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.web.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** Writes the JSON object that a target gets for a job. */
final class JobMessage {

    private JobMessage() {}

    /**
     * Returns an object with {@code queue}, {@code id}, {@code group}, {@code attempt}, {@code enqueuedAt} and {@code payload}, the
     * latter byte for byte.
     */
    static byte[] of(QueueName queue, TakenJob job) {
        return new JsonObject()
                .with("queue", queue.name())
                .with("id", job.id())
                .withJson("group", job.group().map(JsonObject::quoted).orElse("null"))
                .with("attempt", job.attempt())
                .with("enqueuedAt", job.enqueuedAt().toString())
                .withJson("payload", job.payload().json())
                .text()
                .getBytes(StandardCharsets.UTF_8);
    }
}
