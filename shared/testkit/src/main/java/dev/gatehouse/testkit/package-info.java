/**
 * What the tests stand on: real servers, real failures. A Redis that can be stopped, killed and frozen; a cluster of
 * them; a wire that fails in a chosen way; throw-away certificates; the Lambda Runtime API and a function run against
 * it as the process it is when deployed.
 *
 * <p>Nothing here knows the code under test, so that a fixture cannot share its mistakes. Everything listens on
 * 127.0.0.1 only, is closed with try-with-resources, and ends with this JVM at the latest.
 */
package dev.gatehouse.testkit;
