package dev.gatehouse.bench.peer;

import io.micronaut.serde.annotation.Serdeable;

/** What a check answers. */
@Serdeable
record CheckAnswer(boolean allowed) {}
