// SPDX-License-Identifier: Apache-2.0
/** Drains queues of jobs while the server runs. */
@NullMarked
package dev.gatehouse.local.jobs;

import org.jspecify.annotations.NullMarked;
