// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;

/** A process that claims work and then waits to be killed. */
final class CrashingWorker {

    private CrashingWorker() {}

    public static void main(String[] args) throws InterruptedException {
        try (var link = RedisLink.to(RedisSettings.of("127.0.0.1", Integer.parseInt(args[0])))) {
            var request = new ClaimRequest(
                    new Claim(new IdempotencyKey("", args[2]), Owner.random()),
                    Fingerprint.NONE,
                    "the-crashed",
                    new ClaimLease(Long.parseLong(args[3])),
                    new Lifetime(86_400));
            var decision = new RedisClaims(link)
                    .claim(args[1], request, Deadline.in(Duration.ofSeconds(20)))
                    .toCompletableFuture()
                    .join();
            System.out.println("claimed: " + decision);
            Thread.sleep(Duration.ofMinutes(2));
        }
    }
}
