// SPDX-License-Identifier: Apache-2.0
import software.amazon.cloudwatchlogs.emf.logger.MetricsLogger;
import software.amazon.cloudwatchlogs.emf.model.DimensionSet;
import software.amazon.cloudwatchlogs.emf.model.Unit;

/** Prints a line with CloudWatch's own client library. */
class EmbeddedMetricsLine {
    public static void main(String[] args) throws Exception {
        var metrics = new MetricsLogger();
        metrics.setNamespace("Gatehouse");
        metrics.setDimensions(DimensionSet.of("FunctionName", "dev-rate-limit"));
        metrics.putMetric("Duration", 3, Unit.MILLISECONDS);
        metrics.putMetric("RedisFailures", 0, Unit.COUNT);
        metrics.putMetric("Degraded", 0, Unit.COUNT);
        metrics.putMetric("CircuitOpened", 0, Unit.COUNT);
        metrics.putMetric("ColdStart", 1, Unit.COUNT);
        metrics.putProperty("requestId", "r-1");
        metrics.putProperty("tenant", "acme");
        metrics.flush();
    }
}
