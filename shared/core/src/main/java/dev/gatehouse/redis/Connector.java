package dev.gatehouse.redis;

import java.util.concurrent.CompletionStage;

/** Opens connections to Redis, one at a time; {@link RedisLink} asks it when it needs one. */
interface Connector extends AutoCloseable {

    /**
     * Opens a connection. The stage fails with {@link ConnectFailure} within {@link RedisSettings#openingBudget()} per
     * attempt where none can be had.
     */
    CompletionStage<Connection> open();

    /** Closes all connections and ends what they share. */
    @Override
    void close();
}
