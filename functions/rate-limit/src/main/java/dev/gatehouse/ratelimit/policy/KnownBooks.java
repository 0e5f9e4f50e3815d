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
 * What this process knows of tenants' policies. It holds the books of {@link #MAX_TENANTS}; another takes the place of
 * the one that was not read for the longest.
 */
final class KnownBooks {

    /** A full book takes about 2 MB, one with a few policies some hundred bytes. */
    static final int MAX_TENANTS = 1_000;

    /** Where books are read. */
    interface Shelf {

        /**
         * The tenant's book as it is now.
         *
         * @param known what this process knows, which is given back where nothing has changed
         */
        CompletionStage<Decision<StoredBook>> read(String tenant, @Nullable StoredBook known, Deadline deadline);
    }

    private final Shelf shelf;
    private final LongSupplier nanos;
    private final Duration patience;
    private final Map<String, KnownBook> books = new ConcurrentHashMap<>();
    private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

    /**
     * @param nanos the time in nanoseconds, from any beginning
     * @param patience for readings that nobody waits for
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
     * Something was written to this tenant's policies by this process, or may have been.
     *
     * @param change what it makes of a book
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
