package dev.gatehouse.redis.lettuce;

import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import reactor.core.publisher.Flux;

/** Drops Lettuce's events. The default bus starts a scheduler with unused threads. */
final class SilentEventBus implements EventBus {

    @Override
    public Flux<Event> get() {
        return Flux.never();
    }

    @Override
    public void publish(Event event) {}
}
