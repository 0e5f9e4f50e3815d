package dev.gatehouse.redis;

import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import reactor.core.publisher.Flux;

/** Nobody here listens to the driver's events; its own bus would be made with a scheduler and threads for those who do. */
final class DeafBus implements EventBus {

    @Override
    public Flux<Event> get() {
        return Flux.never();
    }

    @Override
    public void publish(Event event) {}
}
