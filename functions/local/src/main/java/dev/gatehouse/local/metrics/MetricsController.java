package dev.gatehouse.local.metrics;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.swagger.v3.oas.annotations.Hidden;

/** What Prometheus asks for. No key is needed, for nothing in it is anybody's. */
@Controller("/metrics")
@Hidden
class MetricsController {

    private final ServerMetrics metrics;

    MetricsController(ServerMetrics metrics) {
        this.metrics = metrics;
    }

    /** All metrics, as they are now. */
    @Get
    @Produces(Exposition.CONTENT_TYPE)
    String scrape() {
        return metrics.text();
    }
}
