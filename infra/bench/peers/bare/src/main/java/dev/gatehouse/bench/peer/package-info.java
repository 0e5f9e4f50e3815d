/** Serves the routes of the HTTP benchmark by one EVALSHA each, on Micronaut's server and Lettuce alone. */
@NullMarked
package dev.gatehouse.bench.peer;

import org.jspecify.annotations.NullMarked;
