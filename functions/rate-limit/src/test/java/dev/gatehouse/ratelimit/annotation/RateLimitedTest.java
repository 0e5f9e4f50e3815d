// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.context.ApplicationContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Tests methods that run only while a limit has room. */
class RateLimitedTest {

    @Singleton
    static class Reports {

        final AtomicInteger made = new AtomicInteger();

        @RateLimited(name = "reports", limit = 2, windowSeconds = 3600, subject = "#{customer}")
        String report(String customer) {
            return "report " + made.incrementAndGet() + " of " + customer;
        }

        @RateLimited(name = "later", limit = 1, windowSeconds = 3600, subject = "#{customer}")
        CompletionStage<String> later(String customer) {
            made.incrementAndGet();
            return CompletableFuture.completedStage(Thread.currentThread().isVirtual() + " " + customer);
        }

        @RateLimited(name = "published", limit = 1, windowSeconds = 3600, subject = "#{customer}")
        Mono<String> published(String customer) {
            return Mono.fromCallable(() -> "published " + made.incrementAndGet());
        }

        @RateLimited(name = "login", limit = 1, windowSeconds = 1, subject = "#{customer}", blockSeconds = 900)
        void login(String customer) {
            made.incrementAndGet();
        }

        @RateLimited(name = "burst", limit = 3600, windowSeconds = 3600, burst = 1, subject = "everybody")
        void alone() {
            made.incrementAndGet();
        }
    }

    private final RedisProcess redis = RedisProcess.start();
    private final ApplicationContext context = ApplicationContext.builder()
            .singletons(RedisSettings.fromEnvironment(Map.of(
                    "REDIS_URL", redis.url(), "REDIS_COMMAND_TIMEOUT", "10000", "REDIS_CONNECTION_TIMEOUT", "10000")))
            .start();
    private final Reports reports = context.getBean(Reports.class);

    @AfterEach
    void close() {
        context.close();
        redis.close();
    }

    @Test
    void theMethodRunsWhileItsSubjectHasRoom() {
        assertThat(reports.report("ada")).isEqualTo("report 1 of ada");
        assertThat(reports.report("ada")).isEqualTo("report 2 of ada");

        assertThatThrownBy(() -> reports.report("ada")).isInstanceOfSatisfying(LimitExceeded.class, exceeded -> {
            assertThat(exceeded.result().retryAfter()).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(30));
            assertThat(exceeded.check().limits().getFirst().limit()).isEqualTo(Limit.of("reports", 2, 3600));
            assertThat(exceeded).message().doesNotContain("ada");
        });
        assertThat(reports.report("bob")).isEqualTo("report 3 of bob");
    }

    @Test
    void aDeniedStageFailsWithoutRunningTheMethod() {
        // It runs on a thread that may block, not on the connection's.
        assertThat(reports.later("ada").toCompletableFuture().join()).isEqualTo("true ada");

        assertThatThrownBy(() -> reports.later("ada").toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(LimitExceeded.class);
        assertThat(reports.made).hasValue(1);
    }

    @Test
    void aPublisherIsChargedWhenItIsSubscribedTo() {
        var published = reports.published("ada");
        assertThat(redis.calls("evalsha") + redis.calls("eval")).isZero();

        assertThat(published.block(Duration.ofSeconds(20))).isEqualTo("published 1");
        assertThatThrownBy(() -> published.block(Duration.ofSeconds(20))).isInstanceOf(LimitExceeded.class);
    }

    @Test
    void burstAndConstantSubjectAreApplied() {
        reports.alone();

        assertThatThrownBy(reports::alone).isInstanceOf(LimitExceeded.class);
        assertThat(reports.made).hasValue(1);
    }

    @Test
    void aDenialLocksTheSubjectOut() {
        reports.login("ada");
        await().until(() -> {
            try {
                reports.login("ada");
                return false;
            } catch (LimitExceeded exceeded) {
                return exceeded.result().blocked()
                        && exceeded.result().retryAfter().compareTo(Duration.ofMinutes(14)) > 0;
            }
        });
        reports.login("bob");
    }

    @Test
    void withoutRedisEachProcessCountsLocally() {
        redis.kill();

        reports.report("ada");
        reports.report("ada");
        assertThatThrownBy(() -> reports.report("ada")).isInstanceOf(LimitExceeded.class);
    }

    @Test
    void anOutageIsLoggedOnceIfTheProgramTracksItAsWell() {
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        var log = (Logger) LoggerFactory.getLogger(Outage.class);
        log.addAppender(appender);
        try {
            // Lambda creates every singleton at the start.
            context.getBean(Outage.class);
            reports.report("ada");
            redis.kill();

            reports.report("ada");

            assertThat(appender.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .filteredOn(line -> line.contains(":" + redis.port()))
                    .singleElement()
                    .asString()
                    .contains("is lost");
        } finally {
            log.detachAppender(appender);
        }
    }
}
