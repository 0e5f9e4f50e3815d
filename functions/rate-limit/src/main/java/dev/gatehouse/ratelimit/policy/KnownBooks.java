package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Caches the policies of up to {@link #MAX_TENANTS} tenants. Evicts the tenant whose policies were read the longest
 * ago.
 */
final class KnownBooks {

    /** The maximum of cached tenants. A full snapshot takes about 2 MB, one with a few policies some hundred bytes. */
    static final int MAX_TENANTS = 1_000;

    /** The source of the policies. */
    interface Shelf {

        /**
         * Reads the tenant's current policies.
         *
         * @param known the cached policies, returned if nothing has changed; null if there are none
         */
        CompletionStage<Decision<StoredBook>> read(String tenant, @Nullable StoredBook known, Deadline deadline);
    }

    private final Shelf shelf;
    private final LongSupplier nanos;
    private final Duration patience;
    private final Map<String, KnownBook> books = new ConcurrentHashMap<>();
    private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

    /**
     * Creates an empty cache.
     *
     * @param nanos the time in nanoseconds, from any origin
     * @param patience the time limit of background reads
     */
    KnownBooks(Shelf shelf, LongSupplier nanos, Duration patience) {
        this.shelf = shelf;
        this.nanos = nanos;
        this.patience = patience;
    }

    CompletionStage<Decision<PolicySnapshot>> ask(String tenant, Deadline deadline) {
        var known = books.get(tenant);
        return (known == null ? added(tenant) : known).ask(deadline);
    }

    private synchronized KnownBook added(String tenant) {
        var known = books.get(tenant);
        if (known != null) {
            return known;
        }
        if (books.size() >= MAX_TENANTS) {
            books.entrySet().stream()
                    .max(Comparator.comparingLong(book -> book.getValue().age()))
                    .ifPresent(oldest -> books.remove(oldest.getKey()));
        }
        var added = new KnownBook(tenant, this);
        books.put(tenant, added);
        return added;
    }

    /**
     * Applies a write of this process that took effect or may have.
     *
     * @param change applies the write to a snapshot
     */
    void written(String tenant, UnaryOperator<PolicySnapshot> change) {
        var known = books.get(tenant);
        if (known != null) {
            known.written(change);
            changed();
        }
    }

    void onChange(Runnable changed) {
        onChange.add(changed);
    }

    void changed() {
        onChange.forEach(Runnable::run);
    }

    CompletionStage<Decision<StoredBook>> read(String tenant, @Nullable StoredBook known, Deadline deadline) {
        return shelf.read(tenant, known, deadline);
    }

    long now() {
        return nanos.getAsLong();
    }

    Duration patience() {
        return patience;
    }
}
