/**
 * Delivers jobs to a URL, each in a signed request. Depends on the domain and on the JSON of requests, and is used by the drain
 * function and the server.
 */
@NullMarked
package dev.gatehouse.jobs.webhook;

import org.jspecify.annotations.NullMarked;
