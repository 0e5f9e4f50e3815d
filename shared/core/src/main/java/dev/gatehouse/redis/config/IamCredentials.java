package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.CacheToken;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Signs a token for each connection, just before it is sent, so that none has expired. */
record IamCredentials(CacheToken token) implements CredentialsSource {

    @Override
    public CompletionStage<Void> prepare() {
        if (!token.identity().isStale()) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(token.identity()::refresh, Thread::startVirtualThread);
    }

    @Override
    public Credentials now() {
        return new Credentials(token.user(), token.make());
    }

    /** Returns false: Redis would reject the next token like this one. */
    @Override
    public CompletionStage<Boolean> renew() {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public String toString() {
        return token.user() + ":***";
    }
}
