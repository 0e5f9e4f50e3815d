// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import io.micronaut.aop.Around;
import io.micronaut.context.annotation.Executable;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method once per key, and returns its first result to later calls. Without {@link #key}, runs a controller's method once
 * per header {@code Idempotency-Key}, after the IETF draft of that name. Uses the bean of {@link
 * dev.gatehouse.idempotency.IdempotentExecutor} if there is one; otherwise the bean of {@link
 * dev.gatehouse.idempotency.ClaimStore}; otherwise the Redis of the environment.
 *
 * <h2>Methods with a key</h2>
 *
 * {@snippet :
 * @Idempotent(scope = "payments", key = "#{order.id}", fingerprint = "#{order.amount}")
 * Receipt pay(Order order) {
 *     return payments.pay(order);
 * }
 * }
 *
 * <p>Micronaut processes the annotation and its expressions at compile time. Results are JSON, by the program's {@code
 * JsonMapper}; void and null are results, too. A method may return a {@code CompletionStage} or a publisher, whose elements are
 * stored as one list. An exception of the method is passed to its caller and not stored, and the key is free again.
 *
 * <p>A call without a result throws an {@link IdempotencyFailure}: another call is in progress, also one that encloses this
 * call; the fingerprint differs; the key is null or empty; Redis does not reply; or the stored result cannot be read. If Redis fails while the method runs, its caller gets the result, but a
 * later call may run the method again.
 *
 * <p>Keys belong to the tenant {@value IdempotentBeans#TENANT}, not to a user: if callers choose them, include the user. A
 * controller's method may have a key instead of the header. If it returns an {@code HttpResponse}, status and headers are
 * stored, too.
 *
 * <h2>Routes by header</h2>
 *
 * <table>
 * <caption>Responses instead of the method's</caption>
 * <tr><td>400</td><td>the key is missing or malformed</td></tr>
 * <tr><td>409, {@code Retry-After}</td><td>the request is in progress</td></tr>
 * <tr><td>422</td><td>the key was used with another method, URI or body</td></tr>
 * <tr><td>503, {@code Retry-After}</td><td>Redis does not reply; the method was not run</td></tr>
 * <tr><td>the first response, {@code Idempotent-Replayed: true}</td><td>the method has run</td></tr>
 * </table>
 *
 * <p>If the method has run and its response could not be stored, the response has the header {@code Idempotent-Recorded:
 * unknown}: a retry may run the method again.
 *
 * <p>A key is scoped to its route, tenant and user ({@link io.micronaut.http.HttpRequest#getUserPrincipal}). A response 408,
 * 425, 429 or 5xx, or of an exception, is not stored unless {@link #storeStatuses} has its status; the key is free again.
 * Hop-by-hop headers and {@code Set-Cookie} are not stored either. Nor is a body that is streamed or exceeds 256 KiB: its
 * replay has no body, but the header {@code Idempotent-Body: not-kept}.
 *
 * <p>A setting out of its bounds stops the start of the program.
 */
@Documented
@KeyedRoute
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Around
@Executable(processOnStartup = true)
public @interface Idempotent {

    /**
     * Returns the key: an expression over the method's arguments such as {@code #{order.id}}. Its value may be a text, or any
     * object with a JSON form.
     */
    String key() default "";

    /**
     * Returns the fingerprint of the work, an expression like that of the key. A call with the same key and another fingerprint
     * is rejected. Without an expression, the key alone identifies the work.
     */
    String fingerprint() default "";

    /**
     * Returns the scope of the key, up to 128 visible ASCII characters. Methods with the same scope share their keys and
     * results. By default the scope is the name of the method and of its class; then renaming one of them voids the keys, and
     * overloaded methods share them.
     */
    String scope() default "";

    /** Rejects a request without the header if true; otherwise such a request runs the method each time. */
    boolean required() default true;

    /**
     * The length of the lease in milliseconds, which bounds how long a crash blocks the key. The lease is renewed while
     * the method runs, for up to 15 minutes.
     */
    long leaseMillis() default 30_000;

    /** The lifetime of the stored result, in seconds. */
    long ttlSeconds() default 86_400;

    /** Returns the statuses of responses that are stored although a retry may get another: of 408, 425, 429, 5xx and exceptions. */
    int[] storeStatuses() default {};
}
