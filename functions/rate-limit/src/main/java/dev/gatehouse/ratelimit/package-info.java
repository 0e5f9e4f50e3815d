/** The rate limiter: its interface, decisions, Redis and local implementations, and the fallback between them. */
@NullMarked
package dev.gatehouse.ratelimit;

import org.jspecify.annotations.NullMarked;
