// SPDX-License-Identifier: Apache-2.0
/** A TCP proxy in front of Redis, with faults to switch while it runs. Depends on {@code testkit.redis}. */
package dev.gatehouse.testkit.proxy;
