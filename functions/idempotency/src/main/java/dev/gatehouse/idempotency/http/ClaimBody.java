package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.InvalidClaim;
import dev.gatehouse.idempotency.LeaseLength;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.WaitingClaims;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import dev.gatehouse.web.RequestId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A claim as a caller asks for it. */
@Schema(
        name = "ClaimRequest",
        description = "Which work is asked for, and how long it may take.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ClaimBody(
        @Schema(
                description = "Names the work. It may be given as the header Idempotency-Key instead, bare or quoted.",
                example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
                pattern = "^[!-~]{1,255}$")
        @Nullable
        String key,

        @Schema(
                description = "What the key belongs to: the same key in another scope names other work.",
                example = "payments",
                pattern = "^[!-~]{0,128}$",
                defaultValue = "")
        @Nullable
        String scope,

        @Schema(
                description = "What the work looks like, usually a digest of the request: a key that comes again with "
                        + "another fingerprint is refused.",
                example = "sha-256:9f86d081884c7d65",
                pattern = "^[!-~]{0,255}$")
        @Nullable
        String fingerprint,

        @Schema(
                description = "What the claimant is known by, a secret of its own. By default it is made here. Asking "
                        + "again with the same owner gives the same claim.",
                example = "mQ8Yd1vXy0S3o7Z9aBcDeF",
                pattern = "^[!-~]{1,128}$")
        @Nullable
        String owner,

        @Schema(
                description = "How long the work is the claimant's alone, also if it crashes.",
                example = "30000",
                minimum = "1",
                maximum = "86400000",
                defaultValue = "30000")
        @Nullable
        Long leaseMillis,

        @Schema(
                description = "How long the key is known: from the claim, and anew from the completion.",
                example = "86400",
                minimum = "1",
                maximum = "31536000",
                defaultValue = "86400")
        @Nullable
        Long ttlSeconds,

        @Schema(
                description = "How long to wait for the result of work in flight.",
                example = "5000",
                minimum = "0",
                maximum = "20000",
                defaultValue = "0")
        @Nullable
        Long waitMillis) {

    private static final long DEFAULT_LEASE_MILLIS = 30_000;
    private static final long DEFAULT_TTL_SECONDS = 86_400;
    private static final long MAX_WAIT_MILLIS = WaitingClaims.MAX_WAIT.toMillis();

    /** What is asked of the claims. */
    record Asking(ClaimRequest request, Duration patience) {}

    static Reading<Asking> read(byte @Nullable [] body, List<String> keyHeaders, RequestId requestId) {
        return JsonBody.read(body, fields -> readFrom(fields, keyHeaders, requestId));
    }

    private static @Nullable Asking readFrom(JsonBody fields, List<String> keyHeaders, RequestId requestId) {
        var key = AskedKey.readFrom(fields, keyHeaders);
        var fingerprint = fields.has("fingerprint") ? fields.text("fingerprint") : "";
        var owner = fields.has("owner") ? fields.text("owner") : null;
        var leaseMillis = fields.whole("leaseMillis", DEFAULT_LEASE_MILLIS);
        var ttlSeconds = fields.whole("ttlSeconds", DEFAULT_TTL_SECONDS);
        var waitMillis = fields.whole("waitMillis", 0);
        if (waitMillis < 0 || waitMillis > MAX_WAIT_MILLIS) {
            fields.refuse("waitMillis", "must be 0 to " + MAX_WAIT_MILLIS);
        }
        return fields.make(() -> {
            try {
                var claim = new Claim(
                        new IdempotencyKey(key.scope(), key.key()), owner == null ? Owner.random() : new Owner(owner));
                var request = new ClaimRequest(
                        claim,
                        new Fingerprint(fingerprint),
                        requestId.value(),
                        new LeaseLength(leaseMillis),
                        new Lifetime(ttlSeconds));
                return new Asking(request, Duration.ofMillis(waitMillis));
            } catch (InvalidClaim invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
