/** Child processes, loopback ports and temporary directories, which end with the JVM at the latest. */
package dev.gatehouse.testkit.process;
