// SPDX-License-Identifier: Apache-2.0
/** Measures the local server and peer servers over HTTP with wrk. */
@NullMarked
package dev.gatehouse.bench.http;

import org.jspecify.annotations.NullMarked;
