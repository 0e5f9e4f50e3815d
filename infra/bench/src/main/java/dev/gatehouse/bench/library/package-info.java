// SPDX-License-Identifier: Apache-2.0
/** Measures the library, raw scripts and peer libraries in one JVM. */
@NullMarked
package dev.gatehouse.bench.library;

import org.jspecify.annotations.NullMarked;
