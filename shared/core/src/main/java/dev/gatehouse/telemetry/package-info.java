/**
 * What happened, as plain data, and who takes it: on Lambda one line a request in CloudWatch's Embedded Metric Format
 * ({@link dev.gatehouse.lambda.EmfLines}), on the server Prometheus's {@code /metrics} by Micrometer. No key, token, user
 * id or subject is in any of it.
 *
 * <p>The HTTP functions are told by a filter of {@code dev.gatehouse.http}, so that no controller and no domain has to;
 * what an answer took of Redis comes from the link, by {@link dev.gatehouse.redis.RedisLink#overhear}.
 *
 * <p>On Lambda the lines are written by a few classes of our own, and not by a library, for the sake of the cold start. What
 * the first line takes in a fresh JVM, beyond one that is there already ({@code infra/bench/weight/weigh}; JDK 25, compiler
 * C1, medians of 11 starts in turn):
 *
 * <table>
 * <caption>The first line of metrics</caption>
 * <tr><th></th><th>ms of the processor</th><th>ms</th><th>classes</th><th>bytes of jars</th></tr>
 * <tr><td>our own</td><td>8</td><td>8</td><td>41</td><td>32,551 of this library's</td></tr>
 * <tr><td>aws-embedded-metrics 4.2.0</td><td>458</td><td>301</td><td>1,408</td><td>3,326,535</td></tr>
 * <tr><td>powertools-metrics 2.5.0</td><td>445</td><td>293</td><td>1,430</td><td>3,573,064</td></tr>
 * </table>
 */
@NullMarked
package dev.gatehouse.telemetry;

import org.jspecify.annotations.NullMarked;
