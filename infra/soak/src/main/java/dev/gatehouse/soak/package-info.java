// SPDX-License-Identifier: Apache-2.0
/** A long run of mixed traffic on the server, with faults of Redis. Books compare every answer with what must hold. */
package dev.gatehouse.soak;
