// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Loads a value, up to the step at which it dies.
 *
 * @param death runs at the step
 */
record DyingLoader(CacheStore cache, Step step, Runnable death) {

    static final String VALUE = "of the dead";

    enum Step {
        LEASED,
        LOADING,
        BEFORE_FILL,
        FILL_UNANSWERED,
        BEFORE_RELEASE
    }

    /** Texts as their bytes. */
    record Texts() implements CacheCodec<String> {

        @Override
        public byte[] encode(String value) {
            return value.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] json) {
            return new String(json, StandardCharsets.UTF_8);
        }
    }

    /** Prints the step and waits for a byte, or to be killed. Arguments: the port, tenant, key, lease and step. */
    public static void main(String[] args) throws Exception {
        try (var link = RedisLink.to(LinkProbe.patientSettings("redis://127.0.0.1:" + args[0]))) {
            var step = Step.valueOf(args[4]);
            new DyingLoader(new RedisCache(link), step, () -> printAndWait(step))
                    .load(args[1], key(args[2]), Long.parseLong(args[3]));
        }
    }

    private static void printAndWait(Step step) {
        System.out.println("at " + step);
        try {
            var _ = System.in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CacheKey key(String key) {
        return CacheKey.of(Optional.empty(), key);
    }

    void load(String tenant, CacheKey key, long leaseMillis) throws Exception {
        var store = (CacheStore) Proxy.newProxyInstance(
                CacheStore.class.getClassLoader(),
                new Class<?>[] {CacheStore.class},
                (_, method, arguments) -> run(method, arguments));
        var request = CachedRequest.of(key, new Texts(), 600).withLease(leaseMillis);
        new CachedExecutor(store, Duration.ofSeconds(5))
                .call(tenant, request, Deadline.in(Duration.ofMinutes(1)), () -> {
                    reach(Step.LOADING);
                    if (step == Step.BEFORE_RELEASE) {
                        throw new IOException("the load failed");
                    }
                    return VALUE;
                });
    }

    private Object run(Method method, Object[] arguments) throws ReflectiveOperationException {
        switch (method.getName()) {
            case "fill" -> {
                reach(Step.BEFORE_FILL);
                reach(Step.FILL_UNANSWERED);
            }
            case "release" -> reach(Step.BEFORE_RELEASE);
            default -> {}
        }
        var result = method.invoke(cache, arguments);
        return result instanceof List<?> lookups
                ? lookups.stream().map(this::leased).toList()
                : result;
    }

    private CompletionStage<?> leased(Object lookup) {
        return ((CompletionStage<?>) lookup).whenComplete((_, _) -> reach(Step.LEASED));
    }

    private void reach(Step reached) {
        if (reached == step) {
            death.run();
        }
    }
}
