// SPDX-License-Identifier: Apache-2.0
/** Contracts of HTTP, for the server and the Lambda handlers alike. Depends on JUnit and AssertJ only. */
package dev.gatehouse.testkit.http;
