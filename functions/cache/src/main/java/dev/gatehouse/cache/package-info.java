// SPDX-License-Identifier: Apache-2.0
/**
 * Caches values with one loader per key across all processes, and invalidations that also void loads in progress. {@link
 * dev.gatehouse.cache.CacheStore} is the contract. Depends
 * on the core only.
 */
@NullMarked
package dev.gatehouse.cache;

import org.jspecify.annotations.NullMarked;
