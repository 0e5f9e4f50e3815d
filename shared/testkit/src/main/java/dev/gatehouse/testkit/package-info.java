// SPDX-License-Identifier: Apache-2.0
/**
 * Fixtures for tests, with real servers and real failures: Redis processes and clusters, a fault proxy, throw-away
 * certificates, the Lambda Runtime API, and functions that run as processes.
 *
 * <p>Nothing here depends on the code under test, so that a fixture cannot share its mistakes. Everything listens on
 * 127.0.0.1 only, is closed with try-with-resources, and ends with this JVM at the latest.
 */
package dev.gatehouse.testkit;
