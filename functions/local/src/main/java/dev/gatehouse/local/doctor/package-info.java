// SPDX-License-Identifier: Apache-2.0
/**
 * The operator's commands: one diagnoses problems with Redis, and one waits until it is ready. Depends on the core, and on the
 * commands of other packages.
 */
@NullMarked
package dev.gatehouse.local.doctor;

import org.jspecify.annotations.NullMarked;
