package dev.gatehouse.idempotency;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of one key in memory. Times are in microseconds. */
record LocalRecord(
        Owner owner,
        Fingerprint fingerprint,
        long attempt,
        long claimedAt,
        String claimedBy,
        long lease,
        Lifetime lifetime,
        long expires,
        long completedAt,
        @Nullable Response response) {

    /** Returns a claim at {@code now}: the first, or the next attempt after {@code known}. */
    static LocalRecord claimed(ClaimRequest request, long now, @Nullable LocalRecord known) {
        long lease = now + request.lease().micros();
        long expires = Math.max(lease, now + request.lifetime().micros());
        var fingerprint = request.fingerprint();
        return new LocalRecord(
                request.claim().owner(),
                known != null && fingerprint.equals(Fingerprint.NONE) ? known.fingerprint : fingerprint,
                known == null ? 1 : known.attempt + 1,
                now,
                request.claimedBy(),
                lease,
                request.lifetime(),
                known == null ? expires : Math.max(known.expires, expires),
                0,
                null);
    }

    LocalRecord completed(Response with, Optional<Lifetime> asked, long now) {
        return new LocalRecord(
                owner,
                fingerprint,
                attempt,
                claimedAt,
                claimedBy,
                lease,
                lifetime,
                now + asked.orElse(lifetime).micros(),
                now,
                with);
    }

    LocalRecord extended(long until) {
        long longer = Math.max(lease, until);
        return new LocalRecord(
                owner,
                fingerprint,
                attempt,
                claimedAt,
                claimedBy,
                longer,
                lifetime,
                Math.max(expires, longer),
                completedAt,
                response);
    }

    /** Returns the approximate size of the response, in bytes. */
    long bytes() {
        return response == null ? 0 : response.bytes();
    }
}
