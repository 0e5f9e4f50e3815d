package dev.gatehouse.redis;

import dev.gatehouse.redis.RedisSettings.Credentials;
import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.aws.CacheToken;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A token for each connection, which lives as long as it takes to show it, so that none is ever too old. */
record IamCredentials(CacheToken token) implements CredentialsSource {

    @Override
    public CompletionStage<Void> prepare() {
        if (!token.identity().isStale()) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        token.identity().refresh();
                    } catch (AwsFailure e) {
                        throw cannotSign(e);
                    }
                },
                Thread::startVirtualThread);
    }

    @Override
    public Credentials now() {
        try {
            return new Credentials(token.user(), token.make());
        } catch (AwsFailure e) {
            throw cannotSign(e);
        }
    }

    /** The next token would be refused as this one was. */
    @Override
    public CompletionStage<Boolean> renew() {
        return CompletableFuture.completedFuture(false);
    }

    private static ConnectFailure cannotSign(AwsFailure failure) {
        return new ConnectFailure("no IAM token can be signed: " + failure.getMessage(), !failure.isPassing());
    }

    @Override
    public String toString() {
        return token.user() + ":***";
    }
}
