/** Records the metrics of the server and of Redis for Prometheus. */
@NullMarked
package dev.gatehouse.local.metrics;

import org.jspecify.annotations.NullMarked;
