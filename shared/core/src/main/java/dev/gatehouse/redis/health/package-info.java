/**
 * Checks Redis for its operators, on the function's own connection: what works, how fast, what the server reports of itself,
 * and what should be corrected. A check opens no circuit and ends no outage that a decision would not.
 */
@NullMarked
package dev.gatehouse.redis.health;

import org.jspecify.annotations.NullMarked;
