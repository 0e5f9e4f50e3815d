/**
 * Is the store well? Asked over HTTP, and by schedule.
 *
 * <p>The endpoints are our own, in the shape of Micronaut's management. That module would answer {@code /health/liveness} as
 * well, and cost each cold start of this function 380 classes where ours cost 71, 196 ms of the processor where ours cost
 * 110, and 380,273 bytes of jars ({@code infra/bench/weight/weigh}); and it knows nothing of what Redis does and tells.
 */
@NullMarked
package dev.gatehouse.health.http;

import org.jspecify.annotations.NullMarked;
