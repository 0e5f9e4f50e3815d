// SPDX-License-Identifier: Apache-2.0
/** The operator's command that compares policies with a file, or stores those of the file. Depends on rate limits and the core. */
@NullMarked
package dev.gatehouse.local.policies;

import org.jspecify.annotations.NullMarked;
