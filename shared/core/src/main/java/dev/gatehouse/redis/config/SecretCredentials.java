package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** The user and password in a secret's URL. They are read anew when Redis refuses them, for they may have been changed. */
final class SecretCredentials implements CredentialsSource {

    /** A password that stays wrong must not have the secret read at every attempt. */
    private static final Duration BETWEEN_READINGS = Duration.ofSeconds(10);

    /** On both clocks: in a process that starts from a snapshot the one goes on where it was when that was taken. */
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

    /** @param known as they were read at the start */
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
    public CompletionStage<Void> prepare() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Credentials now() {
        return known;
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
            // The operator hears that the password is wrong, which is what he has to mend.
            return false;
        }
    }

    @Override
    public String toString() {
        return known.toString();
    }
}
