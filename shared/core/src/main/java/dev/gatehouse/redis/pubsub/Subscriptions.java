// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.pubsub;

/**
 * Subscribes to channels whose messages make a reader read. Pub/sub delivers each message at most once, so a reader must also
 * read from time to time.
 */
public interface Subscriptions extends AutoCloseable {

    /** Subscribes to nothing. */
    Subscriptions NONE = new Subscriptions() {

        @Override
        public void subscribe(String channel, Runnable reader) {}

        @Override
        public void unsubscribe(String channel) {}

        @Override
        public boolean isActive(String channel) {
            return false;
        }

        @Override
        public void close() {}
    };

    /**
     * Subscribes to a channel, in place of an earlier subscription to it. Returns at once.
     *
     * @param reader runs after each message, and each time that the subscription takes effect, because messages before it were
     *     not delivered; it must not block
     */
    void subscribe(String channel, Runnable reader);

    /** Ends a subscription. The reader may run once more. */
    void unsubscribe(String channel);

    /** Returns whether the subscription is in effect. */
    boolean isActive(String channel);

    /** Ends all subscriptions. */
    @Override
    void close();
}
