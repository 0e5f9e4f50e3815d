// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.stampede;

import io.micronaut.cache.annotation.Cacheable;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers that take a fifth of a second each to load, in a cache of Gatehouse, of Micronaut Redis, or in none. */
@Singleton
class SlowAnswers {

    static final String OURS = "gatehouse";
    static final String PEER = "micronaut";
    static final String NONE = "none";

    private final AtomicInteger loads = new AtomicInteger();

    @Cacheable(OURS)
    String gatehouse(String question) throws InterruptedException {
        return load(question);
    }

    @Cacheable(PEER)
    String micronaut(String question) throws InterruptedException {
        return load(question);
    }

    String load(String question) throws InterruptedException {
        loads.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(200);
        return "the answer to " + question;
    }

    /** Returns the number of loads in this process. */
    int loads() {
        return loads.get();
    }
}
