package dev.gatehouse.idempotency.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a controller's method once per {@code Idempotency-Key}, after the IETF draft of that name. Uses the bean of {@link
 * dev.gatehouse.idempotency.IdempotentExecutor} if there is one; otherwise the bean of {@link
 * dev.gatehouse.idempotency.ClaimStore}; otherwise the Redis of the environment.
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
 * <p>A key is scoped to its route, tenant and user ({@link io.micronaut.http.HttpRequest#getUserPrincipal}). A response
 * of 500 and above, or of an exception, is not stored, and the key is free again. Hop-by-hop headers and {@code
 * Set-Cookie} are not stored either. Nor is a body that is streamed or exceeds 256 KiB: its replay has no body, but the
 * header {@code Idempotent-Body: not-kept}.
 */
@Documented
@KeyedRoute
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Idempotent {

    /** Rejects a request without a key if true; otherwise such a request runs the method each time. */
    boolean required() default true;

    /**
     * The length of the lease in milliseconds, which bounds how long a crash blocks the key. The lease is renewed while
     * the method runs, for up to 15 minutes.
     */
    long leaseMillis() default 30_000;

    /** The lifetime of the stored response, in seconds. */
    long ttlSeconds() default 86_400;
}
