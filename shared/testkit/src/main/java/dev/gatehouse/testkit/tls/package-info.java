/** Throw-away certificates. Depends on {@code testkit.process}. */
package dev.gatehouse.testkit.tls;
