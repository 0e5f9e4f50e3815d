package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Supplies the user and password from a secret's URL, and reads them again after Redis rejected them. */
final class SecretCredentials implements CredentialsSource {

    /** Limits the reads while Redis keeps rejecting the password. */
    private static final Duration BETWEEN_READINGS = Duration.ofSeconds(10);

    /** A time on both clocks. In a process restored from a snapshot, one of them continues from the time of the snapshot. */
    private record Moment(long nanos, long millis) {

        static Moment now() {
            return new Moment(System.nanoTime(), System.currentTimeMillis());
        }

        boolean isWithin(Duration length, Moment since) {
            return nanos - since.nanos < length.toNanos() && millis - since.millis < length.toMillis();
        }
    }

    private final SecretUrl secret;
    private final AtomicReference<Moment> lastReading;
    private volatile Credentials known;

    /** @param known the credentials read at the start */
    SecretCredentials(SecretUrl secret, Credentials known) {
        this(secret, known, Duration.ZERO);
    }

    SecretCredentials(SecretUrl secret, Credentials known, Duration sinceReading) {
        this.secret = secret;
        this.known = known;
        var now = Moment.now();
        this.lastReading = new AtomicReference<>(
                new Moment(now.nanos - sinceReading.toNanos(), now.millis - sinceReading.toMillis()));
    }

    @Override
    public Credentials now() {
        return known;
    }

    @Override
    public @Nullable String user() {
        return known.user();
    }

    @Override
    public CompletionStage<Boolean> renew() {
        var last = lastReading.get();
        var now = Moment.now();
        if (now.isWithin(BETWEEN_READINGS, last) || !lastReading.compareAndSet(last, now)) {
            return CompletableFuture.completedFuture(false);
        }
        return CompletableFuture.supplyAsync(this::read, Thread::startVirtualThread);
    }

    private boolean read() {
        try {
            var read = secret.read().credentials();
            if (read == null || read.equals(known)) {
                return false;
            }
            known = read;
            return true;
        } catch (AwsFailure | InvalidSetting e) {
            // Redis still rejects the password, and that error is reported.
            return false;
        }
    }

    @Override
    public String toString() {
        return known.toString();
    }
}
