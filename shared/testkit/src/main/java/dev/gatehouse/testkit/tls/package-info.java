/** Throw-away certificates. */
package dev.gatehouse.testkit.tls;
