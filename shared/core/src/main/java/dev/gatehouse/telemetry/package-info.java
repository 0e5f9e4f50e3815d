/**
 * Logs and metrics. On Lambda, each request writes one line in CloudWatch's Embedded Metric Format
 * ({@link dev.gatehouse.lambda.EmfLines}). The server exposes {@code /metrics} for Prometheus through Micrometer. No
 * output contains a key, token, user id or subject.
 *
 * <p>A filter of {@code dev.gatehouse.http} reports the requests, so controllers and domains do not. The link reports the
 * commands to Redis, through {@link dev.gatehouse.redis.RedisLink#addCommandListener}.
 *
 * <p>On Lambda a few small classes write the lines, because a library would slow the cold start. The table shows the
 * cost of the first line in a fresh JVM, without the cost of the JVM itself. It was measured with
 * {@code infra/bench/weight/weigh} on JDK 25 with compiler C1; the values are medians of 11 interleaved starts.
 *
 * <table>
 * <caption>The first line of metrics</caption>
 * <tr><th></th><th>CPU ms</th><th>ms</th><th>classes</th><th>bytes of jars</th></tr>
 * <tr><td>Gatehouse</td><td>8</td><td>8</td><td>41</td><td>32,551 of this library</td></tr>
 * <tr><td>aws-embedded-metrics 4.2.0</td><td>458</td><td>301</td><td>1,408</td><td>3,326,535</td></tr>
 * <tr><td>powertools-metrics 2.5.0</td><td>445</td><td>293</td><td>1,430</td><td>3,573,064</td></tr>
 * </table>
 */
@NullMarked
package dev.gatehouse.telemetry;

import org.jspecify.annotations.NullMarked;
