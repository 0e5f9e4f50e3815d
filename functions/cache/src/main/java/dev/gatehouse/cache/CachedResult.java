// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import java.time.Duration;
import java.util.Optional;

/** The outcome of getting a value from the cache or, if missing or stale, from its load. */
public sealed interface CachedResult<T> {

    /** Returns the value; empty if there is none. */
    Optional<T> value();

    /**
     * The cached value.
     *
     * @param stale whether it is past its fresh time: another caller loads, or the load has failed
     * @param degraded whether it is from the memory of this process, since Redis did not reply
     */
    record Found<T>(T cached, boolean stale, boolean degraded) implements CachedResult<T> {

        @Override
        public Optional<T> value() {
            return Optional.of(cached);
        }
    }

    /**
     * The value was loaded here.
     *
     * @param value empty if the load returned null
     * @param stored false if later callers do not get this value. There is none, it is too large, or it was loaded without a
     *     lease; an invalidation or another owner voided the load; or Redis did not reply
     */
    record Loaded<T>(Optional<T> value, boolean stored) implements CachedResult<T> {}

    /**
     * There is no value, because another caller loads it.
     *
     * @param retryAfter the time until its lease ends
     */
    record Loading<T>(Duration retryAfter) implements CachedResult<T> {

        @Override
        public Optional<T> value() {
            return Optional.empty();
        }
    }

    /**
     * There is no value, because a load has failed and nobody loads before its hold ends.
     *
     * @param retryAfter the time until then
     */
    record Held<T>(Duration retryAfter) implements CachedResult<T> {

        @Override
        public Optional<T> value() {
            return Optional.empty();
        }
    }

    /** There is no value, because Redis did not reply and the policy is closed. */
    record Undecided<T>(Duration retryAfter) implements CachedResult<T> {

        @Override
        public Optional<T> value() {
            return Optional.empty();
        }
    }
}
