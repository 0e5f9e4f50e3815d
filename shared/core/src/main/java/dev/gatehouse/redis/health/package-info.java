/**
 * Looks at Redis for those who run it, on the function's own connection: what it can do for us, how fast, what it tells of
 * itself, and what should be mended before it hurts. A look opens no circuit and ends no outage that a decision would not.
 */
@NullMarked
package dev.gatehouse.redis.health;

import org.jspecify.annotations.NullMarked;
