// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps a ledger of jobs: when each is due, and who is working on it. A queue without work needs no process and costs no
 * command. Depends on the core only.
 */
@NullMarked
package dev.gatehouse.jobs;

import org.jspecify.annotations.NullMarked;
