// SPDX-License-Identifier: Apache-2.0
/**
 * Reports closed connections of the Netty server to their requests, and limits WebSockets. The only package beside the link
 * that depends on Netty.
 */
@NullMarked
package dev.gatehouse.local.netty;

import org.jspecify.annotations.NullMarked;
