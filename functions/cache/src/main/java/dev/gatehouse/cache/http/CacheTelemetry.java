// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import dev.gatehouse.cache.FillOutcome;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.FillOutcome.Unstored;
import dev.gatehouse.cache.LookupOutcome;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Held;
import dev.gatehouse.cache.LookupOutcome.LoadState.Idle;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.telemetry.Telemetry;
import jakarta.inject.Singleton;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Counts the outcomes of each key. A request may have many keys. */
@Singleton
final class CacheTelemetry {

    private final @Nullable Telemetry telemetry;

    CacheTelemetry(@Nullable Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void record(LookupOutcome outcome) {
        count(
                "cache.lookups",
                switch (outcome) {
                    case Fresh _ -> "fresh";
                    case Stale _ -> "stale";
                    case Missing _ -> "missing";
                });
        switch (outcome.load()) {
            case Leased _ -> count("cache.loads", "leased");
            case Loading _ -> count("cache.loads", "loading");
            case Held _ -> count("cache.loads", "held");
            case Idle _ -> {
                // Nothing is loaded.
            }
        }
    }

    void record(FillOutcome outcome) {
        count(
                "cache.fills",
                switch (outcome) {
                    case Filled _, Unstored _ -> "filled";
                    case LeaseLost(var reason) -> reason.name().toLowerCase(Locale.ROOT);
                });
    }

    private void count(String counter, String outcome) {
        if (telemetry != null) {
            telemetry.count(counter, outcome);
        }
    }
}
