/** Contracts of HTTP, for the server and the Lambda handlers alike. */
package dev.gatehouse.testkit.http;
