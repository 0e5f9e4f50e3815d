// SPDX-License-Identifier: Apache-2.0
/** Drains queues on a schedule on Lambda. Depends on the domain, its deliveries and Lambda's types. */
@NullMarked
package dev.gatehouse.jobs.lambda;

import org.jspecify.annotations.NullMarked;
