// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.method;

import dev.gatehouse.cache.CachedRequest;
import io.micronaut.core.type.Argument;
import java.time.Duration;
import java.util.Optional;

/** The caching of one method call. */
public interface MethodCache {

    /** Returns the request for a result of this type. */
    <T> CachedRequest<Optional<T>> request(Argument<T> type);

    /** Returns whether a null, or an empty result, is cached too. */
    boolean nulls();

    /**
     * Returns the exception for a caller without a result, because a load has failed and its hold keeps all from loading.
     *
     * @param retryAfter the time until the hold ends
     */
    RuntimeException held(Duration retryAfter);
}
