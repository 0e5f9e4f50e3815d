// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.aws.SecretsManager;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A Redis URL in a secret: the whole text, or the member {@code url} of a JSON object. Supplies the user and password,
 * and reads them again after Redis rejected them.
 */
final class SecretUrl implements CredentialsSource {

    /** The shortest time between two reads while Redis keeps rejecting the password. */
    private static final Duration READ_INTERVAL = Duration.ofSeconds(10);

    /** A time on both clocks. In a process restored from a snapshot, one of them continues from the time of the snapshot. */
    private record Moment(long nanos, long millis) {

        static Moment now() {
            return new Moment(System.nanoTime(), System.currentTimeMillis());
        }

        Moment minus(Duration length) {
            return new Moment(nanos - length.toNanos(), millis - length.toMillis());
        }

        boolean isWithin(Duration length, Moment since) {
            return nanos - since.nanos < length.toNanos() && millis - since.millis < length.toMillis();
        }
    }

    private final String setting;
    private final String arn;
    private final SecretsManager secrets;
    private final AtomicReference<Moment> lastRead = new AtomicReference<>(Moment.now());
    private volatile @Nullable Credentials current;

    /**
     * @param setting the setting that contains {@code arn}
     * @throws InvalidSetting if {@code arn} is not the ARN of a secret
     */
    SecretUrl(String setting, String arn, Map<String, String> environment) {
        if (!SecretsManager.isArn(arn)) {
            // The message omits the value: it may be the secret itself.
            throw new InvalidSetting(setting, "must be the ARN of a Secrets Manager secret");
        }
        this.setting = setting;
        this.arn = arn;
        this.secrets = SecretsManager.of(AwsIdentity.of(environment), environment);
    }

    /**
     * Reads the current URL. Blocks for some seconds at most.
     *
     * @throws AwsFailure if the secret cannot be read
     * @throws InvalidSetting if it does not contain a valid URL
     */
    RedisUrl read() {
        return RedisUrl.parse("the secret in " + setting, secrets.text(arn, "url"));
    }

    /** Supplies {@code credentials}, read that long ago, until Redis rejects them. */
    SecretUrl supplying(Credentials credentials, Duration sinceReading) {
        current = credentials;
        lastRead.set(Moment.now().minus(sinceReading));
        return this;
    }

    @Override
    public Credentials now() {
        return Objects.requireNonNull(current);
    }

    @Override
    public @Nullable String user() {
        return now().user();
    }

    @Override
    public CompletionStage<Boolean> renew() {
        var last = lastRead.get();
        var now = Moment.now();
        if (now.isWithin(READ_INTERVAL, last) || !lastRead.compareAndSet(last, now)) {
            return CompletableFuture.completedFuture(false);
        }
        return CompletableFuture.supplyAsync(this::hasChanged, Thread::startVirtualThread);
    }

    private boolean hasChanged() {
        try {
            var read = read().credentials();
            if (read == null || read.equals(current)) {
                return false;
            }
            current = read;
            return true;
        } catch (AwsFailure | InvalidSetting e) {
            // Redis still rejects the password, and that error is reported.
            return false;
        }
    }

    @Override
    public String toString() {
        return String.valueOf(current);
    }
}
