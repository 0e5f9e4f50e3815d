/**
 * What happened, as plain data, and who takes it: on Lambda one line a request in CloudWatch's Embedded Metric Format
 * ({@link dev.gatehouse.telemetry.EmfLines}), on the server Prometheus's {@code /metrics}. No key, token, user id or
 * subject is in any of it.
 *
 * <p>The HTTP functions are told by a filter of {@code dev.gatehouse.http}, so that no controller and no domain has to;
 * what an answer took of Redis comes from the link, by {@link dev.gatehouse.redis.RedisLink#overhear}.
 */
@NullMarked
package dev.gatehouse.telemetry;

import org.jspecify.annotations.NullMarked;
