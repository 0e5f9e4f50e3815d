// SPDX-License-Identifier: Apache-2.0
/** Measures cold starts and invocations of packaged functions and peers with AWS's runtime client. */
@NullMarked
package dev.gatehouse.bench.startup;

import org.jspecify.annotations.NullMarked;
