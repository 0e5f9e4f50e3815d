// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import dev.gatehouse.idempotency.Fingerprint;
import java.util.Optional;
import java.util.function.Function;

/**
 * Describes the records of one kind of event.
 *
 * @param id returns the id by which Lambda identifies a record
 * @param key returns the idempotency key of a record
 * @param fingerprint returns the fingerprint of a record, see {@link Fingerprint}
 * @param group returns the group whose records are processed in order; empty if order does not matter
 */
record RecordSource<R>(
        Function<? super R, String> id,
        Function<? super R, String> key,
        Function<? super R, String> fingerprint,
        Function<? super R, Optional<String>> group) {

    /** Describes records whose key is {@code key} by default. */
    static <R> RecordSource<R> of(
            Function<? super R, String> id,
            Function<? super R, String> key,
            Function<? super R, Optional<String>> group) {
        return new RecordSource<>(id, key, _ -> Fingerprint.NONE.value(), group);
    }

    RecordSource<R> withKey(Function<? super R, String> other) {
        return new RecordSource<>(id, other, fingerprint, group);
    }

    RecordSource<R> withFingerprint(Function<? super R, String> other) {
        return new RecordSource<>(id, key, other, group);
    }
}
