// SPDX-License-Identifier: Apache-2.0
/** Throw-away certificates. Depends on {@code testkit.process}. */
package dev.gatehouse.testkit.tls;
