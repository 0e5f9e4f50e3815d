// SPDX-License-Identifier: Apache-2.0
/**
 * The log of a channel, from which clients catch up. {@link dev.gatehouse.realtime.channel.ChannelLog} is the port. Depends on
 * {@code redis} and {@code fallback}, and on nothing of HTTP.
 */
@NullMarked
package dev.gatehouse.realtime.channel;

import org.jspecify.annotations.NullMarked;
