package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The cached policies of one tenant, and the read in progress, if any.
 *
 * <pre>
 * unknown ── read ──▶ young ── half the time ──▶ due ── the time is over, or a write here ──▶ old
 *                       ▲                         │                                           │
 *                       └────── read, meanwhile it is used ───────── read, waited for ────────┘
 * </pre>
 */
final class KnownBook {

    private static final long OLD_NANOS = Policies.IN_FORCE.toNanos();
    private static final long DUE_NANOS = OLD_NANOS / 2;

    /**
     * A cached snapshot.
     *
     * @param since the start of its read; the snapshot is not older
     * @param outdated whether a local write invalidated it, regardless of its age
     */
    private record Copy(
            StoredBook stored, long since, boolean outdated, CompletionStage<Decision<PolicySnapshot>> answer) {

        static Copy of(StoredBook stored, long since, boolean outdated) {
            return new Copy(
                    stored,
                    since,
                    outdated,
                    CompletableFuture.completedStage(new Decided<>(stored.book(), Source.REDIS)));
        }
    }

    /** A read in progress, compared by identity. */
    private static final class Reading {

        final long since;
        final Deadline deadline;
        final CompletableFuture<Decision<PolicySnapshot>> answer;

        Reading(long since, Deadline deadline, CompletableFuture<Decision<PolicySnapshot>> answer) {
            this.since = since;
            this.deadline = deadline;
            this.answer = answer;
        }
    }

    private final String tenant;
    private final KnownBooks books;

    private volatile @Nullable Copy copy;
    private volatile @Nullable Reading reading;

    KnownBook(String tenant, KnownBooks books) {
        this.tenant = tenant;
        this.books = books;
    }

    CompletionStage<Decision<PolicySnapshot>> ask(Deadline deadline) {
        var known = copy;
        if (known == null || known.outdated) {
            return waitedFor(deadline);
        }
        long age = books.now() - known.since;
        if (age >= OLD_NANOS) {
            return waitedFor(deadline);
        }
        if (age >= DUE_NANOS && reading == null) {
            // The caller does not wait for this read, so its deadline does not apply.
            read(Deadline.in(books.patience()), DUE_NANOS);
        }
        return known.answer;
    }

    private CompletionStage<Decision<PolicySnapshot>> waitedFor(Deadline deadline) {
        var read = read(deadline, OLD_NANOS);
        if (read.deadline.nanoTime() - deadline.nanoTime() <= 0) {
            return read.answer.minimalCompletionStage();
        }
        var byDeadline = read.answer.copy();
        return byDeadline
                .completeOnTimeout(withoutRedis(), deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                .minimalCompletionStage();
    }

    /** Returns the read in progress or starts one, unless the copy is younger than {@code enoughNanos}. */
    private Reading read(Deadline deadline, long enoughNanos) {
        Reading begun;
        StoredBook known;
        synchronized (this) {
            var current = copy;
            var underWay = reading;
            // A process may be frozen during a read, whose result is then outdated.
            if (underWay != null && books.now() - underWay.since < OLD_NANOS) {
                return underWay;
            }
            if (current != null && !current.outdated && books.now() - current.since < enoughNanos) {
                return new Reading(current.since, deadline, current.answer.toCompletableFuture());
            }
            begun = new Reading(books.now(), deadline, new CompletableFuture<>());
            known = current == null ? null : current.stored;
            reading = begun;
        }
        books.read(tenant, known, deadline).whenComplete((found, thrown) -> end(begun, found, thrown));
        return begun;
    }

    private void end(Reading ended, @Nullable Decision<StoredBook> found, @Nullable Throwable thrown) {
        boolean differs = false;
        Decision<PolicySnapshot> answer;
        synchronized (this) {
            boolean current = reading == ended;
            if (current) {
                reading = null;
            }
            if (found instanceof Decided<StoredBook>(var stored, var source)) {
                answer = new Decided<>(stored.book(), source);
                // If the read is not current, a local write happened meanwhile that it may lack.
                if (current) {
                    differs = copy != null && !copy.stored.version().equals(stored.version());
                    copy = Copy.of(stored, ended.since, false);
                }
            } else {
                answer = withoutRedis();
            }
        }
        try {
            if (differs) {
                books.changed();
            }
        } finally {
            if (thrown == null) {
                ended.answer.complete(answer);
            } else {
                ended.answer.completeExceptionally(thrown);
            }
        }
    }

    /** Applies a local write. Later callers must see it, so they do not wait for an earlier read. */
    synchronized void written(UnaryOperator<PolicySnapshot> change) {
        reading = null;
        var known = copy;
        if (known != null) {
            copy = Copy.of(known.stored.with(change.apply(known.stored.book())), known.since, true);
        }
    }

    /** Returns the nanoseconds since the last read; {@link Long#MAX_VALUE} if there was none. */
    long age() {
        var known = copy;
        return known == null ? Long.MAX_VALUE : books.now() - known.since;
    }

    private Decision<PolicySnapshot> withoutRedis() {
        var known = copy;
        return known == null
                ? new Unavailable<>(Duration.ofSeconds(1))
                : new Decided<>(known.stored.book(), Source.LOCAL);
    }
}
