package dev.gatehouse.ratelimit.annotation;

import io.micronaut.aop.Around;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a method run only while a limit has room: each call costs one unit. On a controller's method, who may not pass is
 * answered 429 with the wait.
 *
 * {@snippet :
 * @Get("/reports/{customer}")
 * @RateLimited(name = "reports", limit = 10, windowSeconds = 60, subject = "#{customer}")
 * Report report(String customer) {
 *     return reports.of(customer);
 * }
 * }
 *
 * <p>Micronaut weaves it in and compiles the expression of {@code subject} when the method is compiled. A method that
 * returns a {@code CompletionStage} or a publisher waits for nothing on its caller's thread; any other waits for the decision
 * for as long as {@link dev.gatehouse.redis.config.RedisSettings#decisionBudget} at most. Without Redis each process counts for
 * itself.
 *
 * @see LimitExceeded
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Around
public @interface RateLimited {

    /** The limit's name: methods with the same name and subject count together. */
    String name();

    /** Units in a window. */
    long limit();

    long windowSeconds();

    /** Units that may come at once; by default as many as the limit. */
    long burst() default 0;

    /** Whom the limit counts: a constant, or an expression over the method's arguments such as {@code #{customer}}. */
    String subject();
}
