/**
 * Is the store well? Asked over HTTP, and by schedule.
 *
 * <p>The endpoints are our own, in the shape of Micronaut's management. That module would answer {@code /health/liveness} as
 * well, and cost every cold start of this function 316 classes (ours: 10), 0.15 s of the processor more than ours, and 290,804 bytes of
 * jars ({@code infra/bench/weight/weigh}); what Redis does and tells, it does not know.
 */
@NullMarked
package dev.gatehouse.functions.health;

import org.jspecify.annotations.NullMarked;
