// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps the present state of workflows: versions refuse a save that is based on an old state, and fences refuse a writer
 * whose claim another has taken over. Depends on the core only.
 */
@NullMarked
package dev.gatehouse.state;

import org.jspecify.annotations.NullMarked;
