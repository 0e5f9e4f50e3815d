package dev.gatehouse.redis.aws;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The password of an ElastiCache user that authenticates by IAM: a request to connect, signed. Who shows it within 15
 * minutes is let in, for twelve hours, whatever becomes of the token.
 *
 * @param cache name of the serverless cache, or id of the replication group
 */
public record CacheToken(
        AwsIdentity identity, String region, String cache, Kind kind, String user, Supplier<Instant> clock) {

    private static final Duration LIFE = Duration.ofMinutes(15);

    /** What the cache is; the signature tells. */
    public enum Kind {
        SERVERLESS,
        REPLICATION_GROUP
    }

    /** Tokens by the time that it is. */
    public CacheToken(AwsIdentity identity, String region, String cache, Kind kind, String user) {
        this(identity, region, cache, kind, user, Instant::now);
    }

    /**
     * A new token. Does not block.
     *
     * @throws AwsFailure before {@link AwsIdentity#refresh} has had success
     */
    public String make() {
        var scheme = "http://";
        var type = kind == Kind.SERVERLESS ? "&ResourceType=ServerlessCache" : "";
        // ElastiCache knows its caches by names in small letters, however they were written.
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
