// SPDX-License-Identifier: Apache-2.0
/** Serves the routes of the HTTP benchmark with one EVALSHA each, on Micronaut's server and Lettuce. */
@NullMarked
package dev.gatehouse.bench.peer;

import org.jspecify.annotations.NullMarked;
