// SPDX-License-Identifier: Apache-2.0
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.lambda.EmfTelemetry;
import dev.gatehouse.telemetry.LinkTally;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.StandardOutput;
import java.time.Duration;

/** Prints a line with our own writer. */
class OurLine {
    public static void main(String[] args) {
        new EmfTelemetry("dev-rate-limit", new LinkTally(), System::currentTimeMillis, StandardOutput::print)
                .recordRequest(new RequestFacts(
                        "rate-limit",
                        "POST /v1/rate-limits/check",
                        "ok",
                        200,
                        Source.REDIS,
                        Duration.ofMillis(3),
                        "r-1",
                        "acme"));
    }
}
