/** What the server has done and how Redis is, as Prometheus reads it. */
@NullMarked
package dev.gatehouse.local.metrics;

import org.jspecify.annotations.NullMarked;
