// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies listeners. A listener that throws does not affect the others. */
final class Listeners<T> {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    private final List<T> listeners = new CopyOnWriteArrayList<>();

    void add(T listener) {
        listeners.add(listener);
    }

    boolean isEmpty() {
        return listeners.isEmpty();
    }

    void report(Consumer<? super T> event) {
        for (var listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("A listener failed", e);
            }
        }
    }
}
