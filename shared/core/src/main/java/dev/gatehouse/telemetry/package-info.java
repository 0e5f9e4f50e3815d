// SPDX-License-Identifier: Apache-2.0
/**
 * Logs and metrics. On Lambda, each request writes one line in CloudWatch's Embedded Metric Format
 * ({@code dev.gatehouse.lambda.EmfTelemetry}). The server exposes {@code /metrics} for Prometheus through Micrometer. No
 * output contains a key, token, user id or subject.
 *
 * <p>A filter of {@code dev.gatehouse.web} reports the requests, so controllers and domains do not. The link reports the
 * commands to Redis, through {@link dev.gatehouse.redis.RedisLink#addCommandListener}.
 *
 * <p>On Lambda a few small classes write the lines, because a library would slow the cold start. The first line in a fresh
 * JVM takes 8 ms of CPU time with them. With aws-embedded-metrics 4.2.0 or powertools-metrics 2.5.0 it takes about 450 ms
 * ({@code infra/bench/weight/weigh} on JDK 25 with compiler C1). Depends on the link and the fallback.
 */
@NullMarked
package dev.gatehouse.telemetry;

import org.jspecify.annotations.NullMarked;
