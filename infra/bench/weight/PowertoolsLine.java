// SPDX-License-Identifier: Apache-2.0
import software.amazon.lambda.powertools.metrics.MetricsFactory;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/** Prints a line with Powertools for AWS Lambda. */
class PowertoolsLine {
    public static void main(String[] args) {
        var metrics = MetricsFactory.getMetricsInstance();
        metrics.setNamespace("Gatehouse");
        metrics.addDimension("FunctionName", "dev-rate-limit");
        metrics.addMetric("Duration", 3, MetricUnit.MILLISECONDS);
        metrics.addMetric("RedisFailures", 0, MetricUnit.COUNT);
        metrics.addMetric("Degraded", 0, MetricUnit.COUNT);
        metrics.addMetric("CircuitOpened", 0, MetricUnit.COUNT);
        metrics.addMetric("ColdStart", 1, MetricUnit.COUNT);
        metrics.addMetadata("requestId", "r-1");
        metrics.addMetadata("tenant", "acme");
        metrics.flush();
    }
}
