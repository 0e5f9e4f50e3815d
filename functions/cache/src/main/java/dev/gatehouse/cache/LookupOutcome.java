// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import java.time.Duration;
import java.time.Instant;

/** The outcome of a lookup. Instants have microsecond precision. */
public sealed interface LookupOutcome {

    /** The state of loading the value, as the caller has to act on it. */
    LoadState load();

    /**
     * A value within its fresh time.
     *
     * @param load {@link LoadState.Leased} if the caller is to refresh it ahead, else {@link LoadState.Idle}
     */
    record Fresh(CacheEntry entry, LoadState load) implements LookupOutcome {}

    /** A value past its fresh time or marked stale, before its expiry. */
    record Stale(CacheEntry entry, LoadState load) implements LookupOutcome {}

    /** There is no value. */
    record Missing(LoadState load) implements LookupOutcome {}

    /** The state of loading a value: by the caller, by another, or by nobody. */
    sealed interface LoadState {

        /**
         * The caller loads the value. Then it fills or releases.
         *
         * @param owner usually the one of the lookup, see guarantee 10 of {@link CacheStore}
         * @param expiresAt the end of the lease, before which nobody else gets it
         */
        record Leased(LoadOwner owner, Instant expiresAt) implements LoadState {}

        /**
         * Another loads the value.
         *
         * @param expiresAt the time from which another can get the lease
         * @param retryAfter the time until then
         */
        record Loading(Instant expiresAt, Duration retryAfter) implements LoadState {}

        /**
         * A load has failed, and its hold keeps all from loading.
         *
         * @param expiresAt the time from which somebody can get the lease
         * @param retryAfter the time until then
         */
        record Held(Instant expiresAt, Duration retryAfter) implements LoadState {}

        /** No load is due, or the lookup requested no lease. */
        record Idle() implements LoadState {}
    }
}
