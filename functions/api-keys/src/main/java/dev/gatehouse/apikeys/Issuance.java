// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

/** The outcome of issuing a key, or of rotating one. */
public sealed interface Issuance {

    record Issued(IssuedKey key) implements Issuance {}

    /** The owner has {@link IssuedKeyStore#MAX_KEYS} keys. None was issued. */
    record LimitReached() implements Issuance {}

    /** A live key of another owner has the imported digest. None was issued. */
    record DigestTaken() implements Issuance {}

    /** The key to rotate was never issued, or has ended. */
    record Absent() implements Issuance {}
}
