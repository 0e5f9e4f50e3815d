/**
 * What happens when Redis does not answer: a policy for each operation, bounded local memory, and the mark that says a
 * decision was made without Redis.
 */
@NullMarked
package dev.gatehouse.fallback;

import org.jspecify.annotations.NullMarked;
