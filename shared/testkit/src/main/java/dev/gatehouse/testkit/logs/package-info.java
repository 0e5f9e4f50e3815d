// SPDX-License-Identifier: Apache-2.0
/** Captures log lines and parses EMF metrics. Depends on Logback, and on no other package of the testkit. */
package dev.gatehouse.testkit.logs;
