// SPDX-License-Identifier: Apache-2.0
/**
 * Redis servers that tests start, stop, kill and freeze: processes, a cluster of processes, and containers. Depends on {@code
 * testkit.process} and {@code testkit.tls}.
 */
package dev.gatehouse.testkit.redis;
