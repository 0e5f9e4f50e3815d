// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

/** Identifies a claim by its key and its owner. */
public record Claim(IdempotencyKey key, Owner owner) {}
