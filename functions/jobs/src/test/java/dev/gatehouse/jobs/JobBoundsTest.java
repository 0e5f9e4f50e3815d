// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.jobs.drain.DrainOptions;
import dev.gatehouse.jobs.drain.JobResult;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobBoundsTest {

    private static final JobPayload ONE = JobPayload.of("1");
    private static final NewJob JOB = NewJob.of("a", ONE);

    @Test
    void aValueOutOfItsBoundsIsRefusedByTheNameOfItsField() {
        var long129 = "x".repeat(129);
        Map.<String, List<ThrowingCallable>>of(
                        "id",
                                List.of(
                                        () -> NewJob.of("", ONE),
                                        () -> NewJob.of(long129, ONE),
                                        () -> NewJob.of("a b", ONE)),
                        "queue", List.of(() -> QueueName.of(""), () -> QueueName.of(long129), () -> QueueName.of("é")),
                        "group", List.of(() -> JOB.withGroup("a b", 1), () -> JOB.withGroup(long129, 1)),
                        "groupLimit", List.of(() -> JOB.withGroup("g", 0), () -> JOB.withGroup("g", 1001)),
                        "maxAttempts", List.of(() -> JOB.withMaxAttempts(0), () -> JOB.withMaxAttempts(101)),
                        "ttlSeconds", List.of(() -> JOB.withTtlSeconds(0), () -> JOB.withTtlSeconds(2_592_001)),
                        "delayMillis", List.of(() -> new DueTime.After(-1), () -> new DueTime.After(2_592_000_001L)),
                        "runAt", List.of(() -> new DueTime.At(Instant.MIN), () -> new DueTime.At(Instant.MAX)),
                        "max", List.of(() -> TakeOptions.of(-1), () -> TakeOptions.of(21)),
                        "leaseMillis",
                                List.of(() -> TakeOptions.of(1).withLeaseMillis(0), () -> TakeOptions.of(1)
                                        .withLeaseMillis(43_200_001)))
                .forEach((field, calls) -> calls.forEach(call -> assertRefused(field, call)));
        Map.<String, List<ThrowingCallable>>of(
                        "drainer", List.of(() -> new Attendance("", 1, true)),
                        "attendMillis",
                                List.of(() -> new Attendance("a", 0, true), () -> new Attendance("a", 900_001, true)),
                        "lease", List.of(() -> new JobLease("a", "")),
                        "retryInMillis",
                                List.of(() -> JobResult.retryIn(-1, ""), () -> JobResult.retryIn(2_592_000_001L, "")),
                        "reason", List.of(() -> JobResult.dead("x".repeat(501)), () -> JobResult.retry("\ud800")),
                        "jobs",
                                List.of(
                                        () -> JobStore.requireBatch("jobs", List.of()),
                                        () -> JobStore.requireBatch("jobs", List.of("a", "a")),
                                        () -> JobStore.requireBatch("jobs", ids(21))),
                        "limit", List.of(() -> JobPage.requireLimit(0), () -> JobPage.requireLimit(101)),
                        "before", List.of(() -> JobPage.requireBefore(OptionalLong.of(0))),
                        "workers", List.of(() -> DrainOptions.DEFAULT.withWorkers(0)),
                        "reserve", List.of(() -> DrainOptions.DEFAULT.withReserve(Duration.ofMillis(-1))))
                .forEach((field, calls) -> calls.forEach(call -> assertRefused(field, call)));
    }

    @Test
    void aPageBeginsWithinItsBounds() {
        assertRefused("offset", () -> JobPage.requireOffset(-1));
        assertRefused("offset", () -> JobPage.requireOffset(1_000_000_001));
    }

    private static void assertRefused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(InvalidArgument.class, invalid -> assertThat(invalid.field())
                .isEqualTo(field));
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "id-" + i).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1,]", "1 2", "{\"a\":}", "nul", "\"\ud800\"", "'a'", "[1]]"})
    void aPayloadIsOneJsonValue(String text) {
        assertThatThrownBy(() -> JobPayload.of(text)).isInstanceOf(InvalidArgument.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", " 1.50 ", "\"\"", "[]", "{\"a\":1,\"a\":2}", "12345678901234567890123"})
    void anyJsonValueIsAPayload(String text) {
        assertThat(JobPayload.of(text).json()).isEqualTo(text);
    }

    @Test
    void aPayloadIsNestedUpToItsBound() {
        var deepest = "[".repeat(64) + "]".repeat(64);
        assertThat(JobPayload.of(deepest).json()).isEqualTo(deepest);
        assertThatThrownBy(() -> JobPayload.of("[" + deepest + "]")).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void aGeneratedIdIdentifiesItsCallAndAnotherDoesNot() {
        var id = NewJob.generatedId();
        assertThat(NewJob.of(id, ONE).requestId()).isEqualTo(id);
        assertThat(JOB.requestId())
                .isNotEqualTo("a")
                .isNotEqualTo(NewJob.of("a", ONE).requestId());
    }

    @Test
    void noTextOfACallerIsInATextForLogs() {
        var secret = "s3cret";
        var job = NewJob.of(secret, JobPayload.of("\"s3cret\"")).withGroup(secret, 1);
        assertThat(List.<Object>of(
                        job,
                        job.payload(),
                        QueueName.of(secret),
                        new JobLease(secret, secret),
                        new JobFailure(new JobLease(secret, secret), OptionalLong.empty(), false, secret),
                        new Attendance(secret, 1, true),
                        new TakeOptions(1, 1, Optional.of(new Attendance(secret, 1, true)), secret)))
                .noneMatch(each -> each.toString().contains(secret));
    }
}
