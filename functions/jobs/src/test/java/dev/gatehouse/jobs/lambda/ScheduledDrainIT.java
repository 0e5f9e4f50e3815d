// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.QueueCounts;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.delivery.FakeLambda;
import dev.gatehouse.jobs.delivery.FakeTarget;
import dev.gatehouse.jobs.drain.Jobs;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Ending;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs the drain of the deployed package by AWS's runtime client. */
@ConcurrentTests
class ScheduledDrainIT {

    private static final Path ZIP = Path.of(System.getProperty("gatehouse.package"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final QueueName MAILS = QueueName.of("mails");

    /** An event of EventBridge Scheduler. */
    private static final String EVENT = """
        {"version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
         "source": "aws.scheduler", "account": "123456789012", "time": "2026-11-21T16:00:00Z", "region": "eu-central-1",
         "resources": ["arn:aws:scheduler:eu-central-1:123456789012:schedule/default/jobs"], "detail": "{}"}\
        """;

    private static FunctionSetup function(RedisProcess redis) throws Exception {
        return FunctionProcess.of(ZIP, "dev.gatehouse.jobs.lambda.ScheduledDrain")
                .env("REDIS_URL", redis.url())
                .env("REDIS_CONNECTION_TIMEOUT", "5000")
                .env("REDIS_COMMAND_TIMEOUT", "2000")
                .onOneClassPath();
    }

    private static FunctionSetup function(RedisProcess redis, FakeTarget target) throws Exception {
        return function(redis)
                .env("GATEHOUSE_TENANT", "acme")
                .env("GATEHOUSE_JOBS_TARGET", target.url().toString())
                .env("GATEHOUSE_JOBS_QUEUES", "mails")
                .env("GATEHOUSE_JOBS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                .env("GATEHOUSE_JOBS_TIMEOUT_SECONDS", "2");
    }

    private static void enqueue(Jobs jobs, int number) {
        for (int i = 0; i < number; i++) {
            jobs.store()
                    .enqueue("acme", MAILS, NewJob.of("a" + i, JobPayload.of("1")), Deadline.in(PATIENCE))
                    .toCompletableFuture()
                    .join();
        }
    }

    private static QueueCounts count(Jobs jobs) {
        var decision = jobs.store()
                .counts("acme", MAILS, Deadline.in(PATIENCE))
                .toCompletableFuture()
                .join();
        return ((Decided<QueueCounts>) decision).value();
    }

    @Test
    void deliversWhatIsDueAndReportsNumbers() throws Exception {
        try (var redis = RedisProcess.start();
                var target = new FakeTarget();
                var jobs = Jobs.from(Map.of("REDIS_URL", redis.url()));
                var function = function(redis, target).start()) {
            target.reply("a1", FakeTarget.status(410));
            enqueue(jobs, 12);

            assertThat(function.invoke(EVENT, PATIENCE).response())
                    .isEqualTo("{\"completed\":11,\"failed\":1,\"lost\":0,\"givenBack\":0,\"attended\":true}");
            assertThat(target.received()).hasSize(12).allSatisfy(request -> assertThat(
                            request.header("Webhook-signature"))
                    .startsWith("v1,"));
            assertThat(count(jobs).dead()).isEqualTo(1);
            assertThat(function.invoke("{}", PATIENCE).response()).contains("\"completed\":0");
        }
    }

    @Test
    void invokesAFunctionForEachJob() throws Exception {
        try (var redis = RedisProcess.start();
                var lambda = FakeLambda.of("work%3Alive");
                var jobs = Jobs.from(Map.of("REDIS_URL", redis.url()))) {
            var setup = function(redis)
                    .env("GATEHOUSE_TENANT", "acme")
                    .env("GATEHOUSE_JOBS_TARGET_FUNCTION", "work:live")
                    .env("GATEHOUSE_JOBS_TARGET", "")
                    .env("GATEHOUSE_JOBS_SECRET", "")
                    .env("GATEHOUSE_JOBS_QUEUES", "mails");
            FakeLambda.environment(lambda).forEach(setup::env);
            try (var function = setup.start()) {
                lambda.reply("a1", FakeLambda.error("Unhandled"));
                enqueue(jobs, 12);

                assertThat(function.invoke(EVENT, PATIENCE).response())
                        .isEqualTo("{\"completed\":11,\"failed\":1,\"lost\":0,\"givenBack\":0,\"attended\":true}");
                assertThat(lambda.problems).isEmpty();
                assertThat(lambda.received()).hasSize(12);
                assertThat(count(jobs).delayed()).as("retries").isEqualTo(1);
            }
        }
    }

    @Test
    void endsBeforeItsInvocationIfTheTargetHangs() throws Exception {
        try (var redis = RedisProcess.start();
                var target = new FakeTarget();
                var jobs = Jobs.from(Map.of("REDIS_URL", redis.url()));
                var function = function(redis, target)
                        .env("GATEHOUSE_JOBS_AT_ONCE", "1")
                        .start()) {
            function.invoke(EVENT, PATIENCE);
            for (int i = 0; i < 10; i++) {
                target.reply("a" + i, target.hanging());
            }
            enqueue(jobs, 10);

            var ended = function.invoke(EVENT, Duration.ofSeconds(8));

            assertThat(ended.ending()).as(ended.body()).isEqualTo(Ending.RESPONSE);
            assertThat(ended.body()).contains("\"completed\":0", "\"lost\":0", "\"attended\":false");
            assertThat(TimeUnit.NANOSECONDS.toMillis(ended.latencyNanos())).isLessThan(8_000);
            assertThat(count(jobs).active()).isZero();
        }
    }

    @Test
    void refusesWithoutATarget() throws Exception {
        try (var redis = RedisProcess.start();
                var function = function(redis).start()) {
            var refused = function.invoke(EVENT, PATIENCE);

            assertThat(refused.ending()).isEqualTo(Ending.ERROR);
            assertThat(refused.body())
                    .contains("GATEHOUSE_JOBS_TARGET is missing: a drain needs the URL that it posts jobs to, or"
                            + " GATEHOUSE_JOBS_TARGET_FUNCTION")
                    .contains("\"stackTrace\":[]");
        }
    }

    @Test
    void failsUntilRedisIsBack() throws Exception {
        try (var redis = RedisProcess.start();
                var target = new FakeTarget()) {
            redis.stop();
            try (var function = function(redis, target).start()) {
                var failed = function.invoke(EVENT, PATIENCE);
                assertThat(failed.ending()).isEqualTo(Ending.ERROR);
                assertThat(failed.body()).contains("Redis did not reply", "\"stackTrace\":[]");

                redis.restart();

                await().atMost(PATIENCE)
                        .until(() -> function.invoke(EVENT, PATIENCE).ending() == Ending.RESPONSE);
            }
        }
    }
}
