// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores API keys in this process's memory, for a run without Redis. The keys end with the process.
 *
 * <p>It is bounded in keys and bytes, and removes no live key to make room. While it is full, what needs more room is
 * unavailable.
 */
public final class LocalIssuedKeys implements IssuedKeyStore {

    public static final int DEFAULT_MAX_KEYS = 20_000;

    /** 32 MiB of details. */
    public static final long DEFAULT_MAX_BYTES = 32L << 20;

    private static final Duration FOR_EVER = Duration.ofDays(36_500);
    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    /** The part of the id after the tag, which the digest alone determines. */
    private record Key(String tenant, String part) {}

    private final LongSupplier clock;
    private final BoundedCache<Key, StoredKey> keys;

    /** Uses the system clock and the default bounds. */
    public LocalIssuedKeys() {
        this(DEFAULT_MAX_KEYS, DEFAULT_MAX_BYTES, MicroClock::now);
    }

    /**
     * @param maxKeys at least 1
     * @param maxBytes the maximum size of the details
     * @param clock the time in microseconds since 1970
     */
    public LocalIssuedKeys(int maxKeys, long maxBytes, LongSupplier clock) {
        this.clock = clock;
        this.keys = new BoundedCache<>(maxKeys, maxBytes, LocalIssuedKeys::bytes, () -> clock.getAsLong() * 1000);
    }

    private static long bytes(StoredKey key) {
        var details = key.details();
        return details.attributes().getBytes(StandardCharsets.UTF_8).length
                + 64L * details.scopes().size();
    }

    @Override
    public synchronized CompletionStage<Decision<Issuance>> issue(
            String tenant, IssueRequest request, Deadline deadline) {
        var key = key(tenant, request.id());
        var known = keys.get(key);
        if (known != null) {
            return Decision.local(
                    known.owner().equals(request.owner())
                            ? new Issuance.Issued(known.key())
                            : new Issuance.DigestTaken());
        }
        return add(key, StoredKey.issued(request, clock.getAsLong()));
    }

    private CompletionStage<Decision<Issuance>> add(Key key, StoredKey issued) {
        if (of(key.tenant, issued.owner()).size() >= MAX_KEYS) {
            return Decision.local(new Issuance.LimitReached());
        }
        return put(key, issued) ? Decision.local(new Issuance.Issued(issued.key())) : unavailable();
    }

    @Override
    public synchronized CompletionStage<Decision<Verification>> verify(
            String tenant, PresentedKey key, SortedSet<String> scopes, Deadline deadline) {
        var known = keys.get(key(tenant, key.digest().id("")));
        return Decision.local(
                known != null && key.matches(known.digest(), known.prefix())
                        ? known.key().verification(scopes)
                        : new Verification.Invalid());
    }

    @Override
    public synchronized CompletionStage<Decision<Issuance>> rotate(
            String tenant, KeyId id, KeySecret successor, Duration grace, Deadline deadline) {
        long now = clock.getAsLong();
        var known = find(tenant, id);
        var digest = successor.digest();
        var next = key(tenant, digest.id(id.tag()));
        var repeated = keys.get(next);
        if (repeated != null) {
            return Decision.local(new Issuance.Issued(repeated.key()));
        }
        if (known == null) {
            return Decision.local(new Issuance.Absent());
        }
        return add(next, known.rotated(digest, now))
                .thenApply(issued -> issued.ifDecided(issuance -> {
                    if (issuance instanceof Issuance.Issued) {
                        put(key(tenant, id), known.endingBy(now + grace.toNanos() / 1000));
                    }
                }));
    }

    @Override
    public synchronized CompletionStage<Decision<Optional<IssuedKey>>> patch(
            String tenant, KeyId id, KeyPatch patch, Deadline deadline) {
        var known = find(tenant, id);
        if (known == null) {
            return Decision.local(Optional.empty());
        }
        var patched = known.patched(patch, clock.getAsLong());
        return put(key(tenant, id), patched) ? Decision.local(Optional.of(patched.key())) : unavailable();
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> revoke(String tenant, KeyId id, Deadline deadline) {
        boolean isLive = find(tenant, id) != null;
        if (isLive) {
            keys.remove(key(tenant, id));
        }
        return Decision.local(isLive);
    }

    @Override
    public synchronized CompletionStage<Decision<List<IssuedKey>>> list(
            String tenant, OwnerId owner, Deadline deadline) {
        return Decision.local(of(tenant, owner));
    }

    private List<IssuedKey> of(String tenant, OwnerId owner) {
        return keys.entries(key -> key.tenant.equals(tenant)).values().stream()
                .filter(stored -> stored.owner().equals(owner))
                .map(StoredKey::key)
                .sorted(IssuedKey.NEWEST_FIRST)
                .toList();
    }

    private @Nullable StoredKey find(String tenant, KeyId id) {
        var known = keys.get(key(tenant, id));
        return known != null && known.owner().tag().equals(id.tag()) ? known : null;
    }

    private static Key key(String tenant, KeyId id) {
        return new Key(tenant, id.part());
    }

    /** Returns false if there is no room; then nothing has changed. */
    private boolean put(Key key, StoredKey stored) {
        long left = stored.expires() - clock.getAsLong();
        return keys.put(key, stored, stored.expires() == 0 ? FOR_EVER : Duration.of(left, ChronoUnit.MICROS));
    }

    private static <T> CompletionStage<Decision<T>> unavailable() {
        return CompletableFuture.completedStage(new Unavailable<>(RETRY_WHEN_FULL));
    }
}
