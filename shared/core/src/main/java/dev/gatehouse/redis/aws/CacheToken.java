package dev.gatehouse.redis.aws;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Creates the passwords of an ElastiCache user that authenticates by IAM. A token is a presigned request to connect. It
 * is valid for 15 minutes; a connection opened with it stays authenticated for 12 hours.
 *
 * @param cache the name of the serverless cache, or the id of the replication group
 */
public record CacheToken(
        AwsIdentity identity, String region, String cache, Kind kind, String user, Supplier<Instant> clock) {

    private static final Duration LIFE = Duration.ofMinutes(15);

    /** The kind of cache, which is part of the signed request. */
    public enum Kind {
        SERVERLESS,
        REPLICATION_GROUP
    }

    /** Uses the system clock. */
    public CacheToken(AwsIdentity identity, String region, String cache, Kind kind, String user) {
        this(identity, region, cache, kind, user, Instant::now);
    }

    /**
     * Returns a new token. Does not block.
     *
     * @throws AwsFailure if {@link AwsIdentity#refresh} has not succeeded yet
     */
    public String make() {
        var scheme = "http://";
        var type = kind == Kind.SERVERLESS ? "&ResourceType=ServerlessCache" : "";
        // ElastiCache stores cache names in lower case.
        var uri = URI.create(scheme + cache.toLowerCase(Locale.ROOT) + "/?Action=connect&User=" + user + type);
        return new SignatureV4(identity.credentials(), region, "elasticache", clock.get())
                .presigned("GET", uri, LIFE, SignatureV4.emptyDigest())
                .substring(scheme.length());
    }

    @Override
    public String toString() {
        return "token of " + user + " for " + cache;
    }
}
