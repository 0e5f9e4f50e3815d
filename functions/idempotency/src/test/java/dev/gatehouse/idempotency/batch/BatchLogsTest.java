// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import static dev.gatehouse.idempotency.batch.BatchInvocation.messages;
import static dev.gatehouse.idempotency.batch.BatchInvocation.patient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.LocalClaims;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.testkit.logs.LogCapture;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The log lines of a batch: they name records by the ids of AWS, and reveal neither keys nor fingerprints. */
class BatchLogsTest {

    private final LocalClaims claims = new LocalClaims();
    private final IdempotentBatch batch =
            IdempotentBatch.over(new IdempotentExecutor(claims, Duration.ofSeconds(10)), "orders");

    @Test
    void eachRecordThatComesAgainIsLogged() {
        try (var log = LogCapture.record()) {
            batch.sqs(messages("1", "2", "3"), patient())
                    .withKey(message -> switch (message.getBody()) {
                        case "3" -> "an invalid-key";
                        default -> "secret-key";
                    })
                    .withFingerprint(message -> "secret-" + message.getBody())
                    .process(_ -> {
                        throw new IllegalStateException("out of stock");
                    });

            assertThat(log.text())
                    .contains(
                            "The work of record 1 of orders failed",
                            "Record 2 of orders comes again: its key was used with another fingerprint",
                            "The work of record 3 of orders failed",
                            "3 of 3 records of orders come again")
                    .doesNotContain("secret", "invalid-key");
        }
    }

    @Test
    void workThatMayBeRepeatedIsLogged() {
        try (var log = LogCapture.record()) {
            batch.sqs(messages("1"), patient())
                    .withKey(_ -> "secret-key")
                    .process(_ -> claims.invalidate(
                            "default",
                            new IdempotencyKey("orders", "secret-key"),
                            Deadline.in(Duration.ofSeconds(10))));

            assertThat(log.text())
                    .contains("Record 1 of orders is done, but may be done again if it is sent again")
                    .doesNotContain("secret");
        }
    }
}
