// SPDX-License-Identifier: Apache-2.0
/** Drains queues in a JVM program: takes jobs that are due, runs a handler for each and ends its lease by the result. */
@NullMarked
package dev.gatehouse.jobs.drain;

import org.jspecify.annotations.NullMarked;
