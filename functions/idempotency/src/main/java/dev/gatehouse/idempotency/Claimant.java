package dev.gatehouse.idempotency;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * The presence of a caller that claims work.
 *
 * @param departure completes when the caller has disconnected or can wait no longer
 * @param lost whether the caller has disconnected without a way to learn the owner of its claim
 */
public record Claimant(CompletableFuture<Void> departure, BooleanSupplier lost) {

    /** Returns a claimant that stays until it has the outcome. */
    public static Claimant present() {
        return new Claimant(new CompletableFuture<>(), () -> false);
    }

    boolean isLost() {
        return lost.getAsBoolean();
    }
}
