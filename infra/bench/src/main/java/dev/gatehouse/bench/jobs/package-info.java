// SPDX-License-Identifier: Apache-2.0
/** Measures job queues beside each other: throughput, and the commands of a job and of an idle minute. */
@NullMarked
package dev.gatehouse.bench.jobs;

import org.jspecify.annotations.NullMarked;
