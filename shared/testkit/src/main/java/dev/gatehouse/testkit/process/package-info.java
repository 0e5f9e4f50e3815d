// SPDX-License-Identifier: Apache-2.0
/** Child processes, loopback ports and temporary directories. All end with the JVM at the latest. Depends on the JDK only. */
package dev.gatehouse.testkit.process;
