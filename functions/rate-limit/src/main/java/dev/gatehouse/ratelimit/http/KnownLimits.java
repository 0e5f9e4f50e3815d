package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Limit;
import org.jspecify.annotations.Nullable;

/** Which limit a policy's name stands for. */
@FunctionalInterface
interface KnownLimits {

    /** What applies to {@code subject}; null if there is no such policy. */
    @Nullable
    Limit limitFor(String policy, String subject);
}
