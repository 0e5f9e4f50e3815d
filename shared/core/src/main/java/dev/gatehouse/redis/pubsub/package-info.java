// SPDX-License-Identifier: Apache-2.0
/** Wakes readers when another process has written, by Redis's pub/sub. */
@NullMarked
package dev.gatehouse.redis.pubsub;

import org.jspecify.annotations.NullMarked;
