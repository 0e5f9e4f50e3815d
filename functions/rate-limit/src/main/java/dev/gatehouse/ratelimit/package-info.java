/** May it pass now? The rate limiter: its port, outcomes, Redis store, local store and guard. */
@NullMarked
package dev.gatehouse.ratelimit;

import org.jspecify.annotations.NullMarked;
