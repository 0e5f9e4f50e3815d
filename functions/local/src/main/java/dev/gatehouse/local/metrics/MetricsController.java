// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.metrics;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.swagger.v3.oas.annotations.Hidden;

/** Serves the metrics to Prometheus. No key is needed, since they contain nothing of any tenant. */
@Controller("/metrics")
@Hidden
class MetricsController {

    /** Prometheus's text format. */
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final ServerMetrics metrics;

    MetricsController(ServerMetrics metrics) {
        this.metrics = metrics;
    }

    /** Returns the current metrics. */
    @Get
    @Produces(TEXT)
    String scrape() {
        return metrics.text();
    }
}
