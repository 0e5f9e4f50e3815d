// SPDX-License-Identifier: Apache-2.0
/**
 * Delivers jobs to a target: a URL, or a Lambda function. Each request is signed. Depends on the domain and on the JSON of
 * requests, and is used by the drain function and the server.
 */
@NullMarked
package dev.gatehouse.jobs.delivery;

import org.jspecify.annotations.NullMarked;
