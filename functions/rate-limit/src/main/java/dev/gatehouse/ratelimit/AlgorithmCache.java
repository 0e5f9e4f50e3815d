// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.algorithm.RateAlgorithm;
import java.util.concurrent.ConcurrentHashMap;

/** Caches the algorithms of the limits in use, because building one costs as much as sending its command. */
final class AlgorithmCache {

    private static final int MAX_LIMITS = 4096;

    private final ConcurrentHashMap<Limit, RateAlgorithm> algorithms = new ConcurrentHashMap<>();

    RateAlgorithm get(Limit limit) {
        var algorithm = algorithms.get(limit);
        if (algorithm == null) {
            algorithm = limit.counter();
            if (algorithms.size() >= MAX_LIMITS) {
                algorithms.clear(); // Bounds the cache; algorithms are rebuilt on demand.
            }
            algorithms.put(limit, algorithm);
        }
        return algorithm;
    }
}
