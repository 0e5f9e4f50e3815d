// SPDX-License-Identifier: Apache-2.0
/** Measures contestants alternately, compares them with a baseline, and publishes tables, JSON and charts. */
@NullMarked
package dev.gatehouse.bench;

import org.jspecify.annotations.NullMarked;
