// SPDX-License-Identifier: Apache-2.0
package com.example;

import dev.gatehouse.cache.CacheCodec;
import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.CachedRequest;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.RateLimits;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.Touch;
import dev.gatehouse.session.UserId;
import dev.gatehouse.state.StateClaim;
import dev.gatehouse.state.StateKey;
import dev.gatehouse.state.StateValue;
import dev.gatehouse.state.States;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Uses each capability as a library and prints the outcomes. */
public final class PlainProgram {

    private PlainProgram() {}

    public static void main(String[] arguments) throws Exception {
        limit();
        runOnce();
        signIn();
        cache();
        proceed();
    }

    private static void limit() {
        try (var limits = RateLimits.fromEnvironment()) {
            var limit = Limit.of("api", 1, 60);
            for (int call = 0; call < 2; call++) {
                var result = limits.check(limit, "user-42");
                System.out.println("limit allowed=" + result.allowed() + " degraded=" + result.degraded());
            }
        }
    }

    private static void runOnce() throws Exception {
        try (var executor = IdempotentExecutor.fromEnvironment()) {
            runTwice(executor);
        }
    }

    private static void runTwice(IdempotentExecutor executor) throws Exception {
        for (int call = 0; call < 2; call++) {
            var request = new ClaimRequest(
                    new Claim(new IdempotencyKey("orders", "order-1"), Owner.random()),
                    new Fingerprint("a-fingerprint"),
                    "request-1",
                    new ClaimLease(5_000),
                    new Lifetime(60));
            var execution = executor.call(
                    "app",
                    request,
                    Deadline.in(Duration.ofSeconds(10)),
                    () -> new Response(201, List.of(), ResponseBody.EMPTY));
            System.out.println("work " + execution.getClass().getSimpleName());
        }
    }

    /** Converts numbers to JSON. */
    private static final class Numbers implements CacheCodec<Integer> {

        @Override
        public byte[] encode(Integer value) {
            return value.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Integer decode(byte[] json) {
            return Integer.valueOf(new String(json, StandardCharsets.UTF_8));
        }
    }

    private static void cache() throws Exception {
        try (var cached = CachedExecutor.fromEnvironment()) {
            var request = CachedRequest.of(CacheKey.of(Optional.of("answers"), "life"), new Numbers(), 60);
            for (int call = 0; call < 2; call++) {
                var result = cached.call("app", request, Deadline.in(Duration.ofSeconds(10)), () -> 42);
                System.out.println("cache " + result.getClass().getSimpleName() + " "
                        + result.value().get());
            }
        }
    }

    private static void proceed() throws Exception {
        try (var states = States.fromEnvironment()) {
            for (int call = 0; call < 2; call++) {
                var run = states.call(
                        "app",
                        StateClaim.of(StateKey.of("order-1")),
                        Deadline.in(Duration.ofSeconds(10)),
                        value -> Optional.of(StateValue.of(value.isEmpty() ? "{\"step\":1}" : "{\"step\":2}")));
                System.out.println("state " + run.getClass().getSimpleName());
            }
        }
    }

    private static void signIn() {
        try (var sessions = GuardedSessions.fromEnvironment()) {
            signIn(sessions);
        }
    }

    private static void signIn(SessionStore sessions) {
        var request = SessionRequest.of(
                new UserId("user-42"),
                Attributes.NONE,
                Device.UNKNOWN,
                60,
                600,
                5,
                SessionRequest.OnLimit.EVICT_OLDEST);
        var created = sessions.create("app", request, Deadline.in(Duration.ofSeconds(5)))
                .toCompletableFuture()
                .join();
        System.out.println("session " + outcome(created));
        var found = sessions.lookup("app", request.token(), Touch.TOUCH, Deadline.in(Duration.ofSeconds(5)))
                .toCompletableFuture()
                .join();
        System.out.println("lookup " + outcome(found));
    }

    private static String outcome(Decision<?> decision) {
        return switch (decision) {
            case Decision.Decided<?> decided -> decided.value().getClass().getSimpleName();
            case Decision.Unavailable<?> _ -> "unavailable";
        };
    }
}
