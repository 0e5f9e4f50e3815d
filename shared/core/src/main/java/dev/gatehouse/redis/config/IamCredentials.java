package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.CacheToken;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Signs a token for each connection, just before it is sent, so that none has expired. There is nothing to renew: Redis would
 * reject the next token like the last one.
 */
record IamCredentials(CacheToken token) implements CredentialsSource {

    @Override
    public CompletionStage<Void> prepare() {
        return token.identity().isStale()
                ? CompletableFuture.runAsync(token.identity()::refresh, Thread::startVirtualThread)
                : CredentialsSource.super.prepare();
    }

    @Override
    public Credentials now() {
        return new Credentials(user(), token.make());
    }

    @Override
    public String user() {
        return token.user();
    }

    @Override
    public String toString() {
        return user() + ":***";
    }
}
