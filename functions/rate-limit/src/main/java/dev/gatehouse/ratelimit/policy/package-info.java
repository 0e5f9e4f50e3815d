/** Which limits apply to whom? Named policies and their overrides for single subjects, kept on Redis and known in memory. */
@NullMarked
package dev.gatehouse.ratelimit.policy;

import org.jspecify.annotations.NullMarked;
