/** The JSON of the events by which API Gateway asks, and of what it is answered. */
@NullMarked
package dev.gatehouse.event;

import org.jspecify.annotations.NullMarked;
