// SPDX-License-Identifier: Apache-2.0
/** The replies of Sentinels: the address of the master that each reports. */
@NullMarked
package dev.gatehouse.redis.sentinel;

import org.jspecify.annotations.NullMarked;
