// SPDX-License-Identifier: Apache-2.0
/**
 * A stub of the Lambda Runtime API, and deployed functions that run against it in processes of their own. Depends on {@code
 * testkit.process}.
 */
package dev.gatehouse.testkit.lambda;
