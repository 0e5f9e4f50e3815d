package dev.gatehouse.idempotency.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Has a controller's method run once for an {@code Idempotency-Key}, as the IETF draft of that name has it. The executor is
 * the bean of {@link dev.gatehouse.idempotency.Idempotent} if there is one; else it goes by the bean of {@link
 * dev.gatehouse.idempotency.Claims}, and without that by the Redis that the environment names, as {@code REDIS_URL}.
 *
 * <table>
 * <caption>What is answered instead of the method</caption>
 * <tr><td>400</td><td>there is no key though one is required, or it is malformed</td></tr>
 * <tr><td>409, {@code Retry-After}</td><td>the same request is in flight</td></tr>
 * <tr><td>422</td><td>the key came before with another method, address or body</td></tr>
 * <tr><td>503, {@code Retry-After}</td><td>Redis does not answer; nothing was done</td></tr>
 * <tr><td>the first response, {@code Idempotent-Replayed: true}</td><td>it has been done</td></tr>
 * </table>
 *
 * <p>Where the method has run and Redis then did not answer, or another had taken the key over, its response has the header
 * {@code Idempotent-Recorded: unknown}: a retry may run it again.
 *
 * <p>A key counts for its route, tenant and user ({@link io.micronaut.http.HttpRequest#getUserPrincipal}). A response
 * of 500 and above, and one that comes of an exception, is not kept: the key is free again. Nor are hop-by-hop headers
 * and {@code Set-Cookie}. A body that is streamed, or over 256 KiB, is not kept; its replay has the header
 * {@code Idempotent-Body: not-kept} and none.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Idempotent {

    /** Whether a request without a key is refused; else it is not idempotent. */
    boolean required() default true;

    /** How long a crash may keep the key from others; while the method runs it is extended, for up to 15 minutes. */
    long leaseMillis() default 30_000;

    /** How long the response is replayed. */
    long ttlSeconds() default 86_400;
}
