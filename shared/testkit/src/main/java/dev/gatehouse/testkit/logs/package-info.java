/** Captured log lines and EMF metrics. */
package dev.gatehouse.testkit.logs;
