// SPDX-License-Identifier: Apache-2.0
/**
 * The fallback when Redis does not reply: a policy for each operation, bounded caches, and decisions marked with their
 * source. Depends on the link only.
 */
@NullMarked
package dev.gatehouse.fallback;

import org.jspecify.annotations.NullMarked;
