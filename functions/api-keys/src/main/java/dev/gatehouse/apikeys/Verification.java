// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import java.util.SortedSet;

/** The outcome of verifying a key. */
public sealed interface Verification {

    record Valid(IssuedKey key) implements Verification {}

    /** The key is valid, but lacks a required scope. */
    record ScopeMissing(IssuedKey key, SortedSet<String> missing) implements Verification {}

    /** The key is unknown, expired, revoked or misspelt. The reason is not disclosed. */
    record Invalid() implements Verification {}
}
