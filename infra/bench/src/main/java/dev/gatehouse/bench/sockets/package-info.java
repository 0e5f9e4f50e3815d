// SPDX-License-Identifier: Apache-2.0
/** Benchmarks thousands of WebSockets on one server, beside a broadcast by plain Micronaut. */
@NullMarked
package dev.gatehouse.bench.sockets;

import org.jspecify.annotations.NullMarked;
