// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import dev.gatehouse.apikeys.KeyId;

/** The keys and ids of examples. */
final class KeyIdText {

    static final String TEXT = "gk_0D1vXy0S3o7Z9zcnmZVkuDkcmQ8Yd1vXy0S3o7Z9aBcDeF10JyYF";
    static final String ID = "cZcnmZVkuDkc.mQ8Yd1vXy0S3o7Z9";

    /** An id of no key. */
    private static final KeyId UNKNOWN = new KeyId("A".repeat(12), "A".repeat(16));

    private KeyIdText() {}

    /** Parses an id; a malformed one is replaced by that of no key, so that the response is the same. */
    static KeyId parseId(String text) {
        return KeyId.parse(text).orElse(UNKNOWN);
    }
}
