// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.annotation;

import io.micronaut.aop.Around;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method only while a limit has room. Each call costs one unit. On a controller's method, a denied request
 * receives 429 with the retry time.
 *
 * {@snippet :
 * @Get("/reports/{customer}")
 * @RateLimited(name = "reports", limit = 10, windowSeconds = 60, subject = "#{customer}")
 * Report report(String customer) {
 *     return reports.of(customer);
 * }
 * }
 *
 * <p>Micronaut processes the annotation and the expression of {@code subject} at compile time. A method that returns a
 * {@code CompletionStage} or a publisher never blocks its caller. Any other method waits for the decision, for at most
 * {@link dev.gatehouse.redis.config.RedisSettings#decisionBudget}. Without Redis each process counts for itself.
 *
 * @see LimitExceeded
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Around
public @interface RateLimited {

    /** Returns the limit's name. Methods with the same name and subject count together. */
    String name();

    /** Returns the units in a window. */
    long limit();

    long windowSeconds();

    /** Returns the units that may pass at once; by default as many as the limit. */
    long burst() default 0;

    /** Returns the time for which the first denial locks the subject out; 0 for none. */
    long blockSeconds() default 0;

    /** Returns the subject: a constant, or an expression over the method's arguments such as {@code #{customer}}. */
    String subject();
}
