// SPDX-License-Identifier: Apache-2.0
/**
 * Redis commands for programs that use Gatehouse as a library: {@link dev.gatehouse.redis.command.CommandClient} over a
 * link, connections of their own, and names of keys.
 */
@NullMarked
package dev.gatehouse.redis.command;

import org.jspecify.annotations.NullMarked;
