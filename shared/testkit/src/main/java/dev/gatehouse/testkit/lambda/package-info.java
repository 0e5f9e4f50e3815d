/** A stub of the Lambda Runtime API, and functions that run against it as the processes they are when deployed. */
package dev.gatehouse.testkit.lambda;
