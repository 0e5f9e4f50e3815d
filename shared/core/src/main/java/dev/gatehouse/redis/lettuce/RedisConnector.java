package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.config.RedisSettings;
import java.util.concurrent.CompletionStage;

/** Opens connections to Redis, one at a time. */
public interface RedisConnector extends AutoCloseable {

    /**
     * Opens a connection. Never throws; the stage fails with {@link ConnectFailure} within
     * {@link RedisSettings#openingBudget()} per attempt.
     */
    CompletionStage<RedisConnection> open();

    /** Closes all connections and releases the shared resources. */
    @Override
    void close();
}
