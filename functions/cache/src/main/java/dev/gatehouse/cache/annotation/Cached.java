// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.annotation;

import io.micronaut.aop.Around;
import io.micronaut.context.annotation.Executable;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Caches the result of a method on Redis. Of all callers in all processes one runs the method, under a lease; the others wait
 * for its result or get the stale one. Uses the bean of {@link dev.gatehouse.cache.CachedExecutor} if there is one;
 * otherwise the bean of {@link dev.gatehouse.cache.CacheStore}; otherwise the Redis of the environment.
 *
 * {@snippet :
 * @Cached(scope = "reports", key = "#{customer}", tags = {"customer-#{customer}"}, freshSeconds = 60, staleSeconds = 600)
 * Report report(String customer, Locale ignored) {
 *     return reports.of(customer);
 * }
 * }
 *
 * <p>Micronaut processes the annotation and the expressions of {@code key} and {@code tags} at compile time. A method that
 * returns a {@code CompletionStage} or a publisher never blocks its caller. After an exception, which is not cached, the stale
 * result is returned, if there is one. Results are JSON, by the program's {@code JsonMapper}. They belong to the tenant {@value
 * dev.gatehouse.cache.method.MethodLoader#TENANT}. An invalidation of the scope, of a tag or of a key ends them and voids the
 * loads in progress.
 *
 * <p>A setting out of its bounds, which are those of {@link dev.gatehouse.cache.CachedRequest}, stops the start of the
 * program.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Around
@Executable(processOnStartup = true)
public @interface Cached {

    /** Returns the scope. Methods with the same scope and key share their results. */
    String scope();

    /**
     * Returns the key, an expression over the method's arguments such as {@code #{customer}}. If empty, the key is the
     * canonical JSON array of all arguments.
     */
    String key() default "";

    /** Returns how long a result is fresh, in seconds. */
    long freshSeconds();

    /** Returns how long a result is returned as stale after that, in seconds. */
    long staleSeconds() default 0;

    /**
     * Returns the tags by which results are invalidated together: constants, or expressions over the arguments. The value of
     * an expression may be any text, see {@link dev.gatehouse.cache.CacheWrite#tagOf}.
     */
    String[] tags() default {};

    /** Returns how long a dead caller delays the others, in milliseconds. The lease is extended while the method runs. */
    long leaseMillis() default 10_000;

    /** Returns how long a caller waits for the result of another, in milliseconds, before it runs the method itself. */
    long waitMillis() default 10_000;

    /**
     * Returns how long nobody runs the method after it has failed, in milliseconds. Callers get the stale result or a {@link
     * LoadHeld}.
     */
    long holdMillis() default 0;

    /** Returns whether a null, or an empty result, is cached too. */
    boolean nulls() default false;
}
