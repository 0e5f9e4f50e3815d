// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Signs a token for each connection of an ElastiCache user that authenticates by IAM. A token is a presigned request to
 * connect. It is valid for 15 minutes; a connection opened with it stays authenticated for 12 hours. There is nothing to
 * renew: Redis would reject the next token like the last one.
 *
 * @param cache the name of the serverless cache, or the id of the replication group
 */
record IamCredentials(
        AwsIdentity identity, String region, String cache, Kind kind, String user, Supplier<Instant> clock)
        implements CredentialsSource {

    private static final Duration LIFE = Duration.ofMinutes(15);
    private static final String SCHEME = "http://";

    /** The kind of cache, which is part of the signed request. */
    enum Kind {
        SERVERLESS,
        REPLICATION_GROUP
    }

    @Override
    public CompletionStage<Void> prepare() {
        return identity.isStale()
                ? CompletableFuture.runAsync(identity::refresh, Thread::startVirtualThread)
                : CredentialsSource.super.prepare();
    }

    @Override
    public Credentials now() {
        var type = kind == Kind.SERVERLESS ? "&ResourceType=ServerlessCache" : "";
        // ElastiCache stores cache names in lower case.
        var uri = URI.create(SCHEME + cache.toLowerCase(Locale.ROOT) + "/?Action=connect&User=" + user + type);
        var token = identity.presigned(region, "elasticache", uri, clock.get(), LIFE);
        return new Credentials(user, token.substring(SCHEME.length()));
    }

    @Override
    public String toString() {
        return user + ":***";
    }
}
