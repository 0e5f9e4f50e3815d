// SPDX-License-Identifier: Apache-2.0
/** Channels: who is present in them, and what was published. */
@NullMarked
package dev.gatehouse.realtime;

import org.jspecify.annotations.NullMarked;
