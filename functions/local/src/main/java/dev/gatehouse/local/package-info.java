// SPDX-License-Identifier: Apache-2.0
/**
 * Runs every function on one Netty server, with an embedded Redis: the local run and the container image. May depend on all
 * capabilities.
 */
@NullMarked
package dev.gatehouse.local;

import org.jspecify.annotations.NullMarked;
