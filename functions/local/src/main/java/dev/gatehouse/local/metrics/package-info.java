// SPDX-License-Identifier: Apache-2.0
/**
 * Records the metrics of the server and of Redis for Prometheus. Depends on the core, one counter of sessions and Micrometer; no label holds a
 * tenant, subject or key.
 */
@NullMarked
package dev.gatehouse.local.metrics;

import org.jspecify.annotations.NullMarked;
