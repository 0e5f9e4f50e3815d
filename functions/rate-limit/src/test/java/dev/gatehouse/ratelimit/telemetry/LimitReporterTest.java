// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.telemetry.TraceContext;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.logs.LogCapture;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests which denials are logged. */
class LimitReporterTest {

    private static final long SECOND = 1_000_000;
    private static final Limit TEN = Limit.of("ten", 10, 60);

    private final AtomicLong now = new AtomicLong(1_790_000_000 * SECOND);
    private final String tenant = "tenant-" + UUID.randomUUID();
    private final LimitReporter reporter = new LimitReporter(null, now::get);
    private final LogCapture log = LogCapture.record();

    @AfterEach
    void endCapture() {
        log.close();
    }

    private List<Map<String, Object>> lines() {
        return log.fields("limit.denied").stream()
                .filter(line -> line.get("tenant").toString().startsWith(tenant))
                .toList();
    }

    private static Denied denied(Duration resetAfter) {
        return new Denied(0, resetAfter, Duration.ofNanos(1_234_567));
    }

    private void report(Limit limit, String subject, LimitDecision decision) {
        report(tenant, limit, subject, 1, decision);
    }

    private void report(String tenant, Limit limit, String subject, long cost, LimitDecision decision) {
        var check = new Check(List.of(new LimitedSubject(limit, subject, cost)), Mode.ALL);
        var decided = new CheckDecision(!(decision instanceof Denied), List.of(decision));
        reporter.report(tenant, check, decided, _ -> false, () -> new TraceContext("request-1", "trace-1"));
    }

    @Test
    void aLineHasTheHashTagAndNotTheSubject() {
        report(TEN, "ada@example.org", denied(Duration.ofSeconds(60)));

        assertThat(lines())
                .containsExactly(Map.of(
                        "tenant",
                        tenant,
                        "policy",
                        "ten",
                        "subjectTag",
                        HashTag.of("ada@example.org"),
                        "retryAfterMillis",
                        2L,
                        "requestId",
                        "request-1",
                        "traceId",
                        "trace-1"));
        assertThat(log.text()).doesNotContain("ada@example.org");
    }

    @Test
    void aDenialForEverHasNoRetryTime() {
        report(Limit.of("none", 0, 60), "ada", new Denied(0, Duration.ZERO, null));

        assertThat(lines()).singleElement().satisfies(line -> assertThat(line).doesNotContainKey("retryAfterMillis"));
    }

    @Test
    void aSubjectThatIsLockedOutHasOneLine() {
        var blocking = TEN.blocking(600);
        for (int left = 600; left > 0; left--) {
            var rest = Duration.ofSeconds(left);
            report(blocking, "ada", new Denied(0, rest, rest, true));
            now.addAndGet(SECOND);
        }
        assertThat(lines()).hasSize(1);

        report(blocking, "ada", new Denied(0, Duration.ofSeconds(600), Duration.ofSeconds(600), true));
        assertThat(lines()).hasSize(2);
    }

    @Test
    void logsOnlyDenials() {
        report(TEN, "allowed", new Allowed(9, Duration.ofSeconds(6)));
        report(TEN.inShadow(), "shadow", new WouldDeny(0, Duration.ofSeconds(60), Duration.ofSeconds(6)));
        report(tenant, TEN, "look", 0, denied(Duration.ofSeconds(60)));

        assertThat(lines()).isEmpty();
    }

    @Test
    void eachSubjectHasOneLineInAWindowUnderLoad() throws Exception {
        for (int window = 1; window <= 3; window++) {
            int each = Rounds.of(200, 10_000);
            Threads.together(64, thread -> {
                for (int i = 0; i < each; i++) {
                    report(TEN, "subject-" + (thread + i) % 30, denied(Duration.ofSeconds(1)));
                }
            });

            assertThat(lines()).hasSize(30 * window);
            now.addAndGet(60 * SECOND);
        }
        assertThat(lines().stream().map(line -> line.get("subjectTag")).distinct())
                .hasSize(30);
        assertThat(log.text()).doesNotContain("subject-");
    }

    @Test
    void limitsPoliciesAndTenantsAreSeparate() {
        report(TEN, "ada", denied(Duration.ofSeconds(60)));
        report(Limit.of("twenty", 20, 60), "ada", denied(Duration.ofSeconds(60)));
        report(tenant + "-b", TEN, "ada", 1, denied(Duration.ofSeconds(60)));
        report(TEN, "ada", denied(Duration.ofSeconds(60)));

        assertThat(lines()).hasSize(3);
    }

    @Test
    void aWindowOfTheClockEndsAtItsEnd() {
        var fixed = Limit.fixed("fixed", 5, 3_600);
        var daily = Limit.calendar("daily", 5, CalendarPeriod.DAY, ZoneId.of("UTC"));

        for (var limit : List.of(fixed, daily)) {
            int before = lines().size();
            report(limit, "ada", denied(Duration.ofSeconds(10)));
            now.addAndGet(9 * SECOND);
            report(limit, "ada", denied(Duration.ofSeconds(1)));
            assertThat(lines()).hasSize(before + 1);
            now.addAndGet(SECOND);
            report(limit, "ada", denied(Duration.ofSeconds(3_600)));
            assertThat(lines()).hasSize(before + 2);
        }
    }

    @Test
    void aLongWindowHasALineADay() {
        var yearly = Limit.of("yearly", 5, 365 * 86_400);

        for (int day = 0; day < 3; day++) {
            report(yearly, "ada", denied(Duration.ofDays(365)));
            report(yearly, "ada", denied(Duration.ofDays(365)));
            now.addAndGet(86_400 * SECOND);
        }

        assertThat(lines()).hasSize(3);
    }

    @Test
    void aFloodOfSubjectsHasFewLines() {
        for (int i = 0; i < 5_000; i++) {
            report(TEN, "subject-" + i, denied(Duration.ofSeconds(60)));
        }
        assertThat(lines()).hasSize(100);

        now.addAndGet(SECOND);
        for (int i = 0; i < 5_000; i++) {
            report(TEN, "subject-" + i, denied(Duration.ofSeconds(60)));
        }
        assertThat(lines()).hasSize(110);

        report(tenant + "-other", TEN, "ada", 1, denied(Duration.ofSeconds(60)));
        assertThat(lines()).as("the lines of another tenant").hasSize(111);
    }

    @Test
    void remembersABoundedNumberOfSubjects() {
        var daily = Limit.of("daily", 10, 86_400);
        int tenants = DenialLog.MAX_SUBJECTS / 100;
        for (int i = 0; i < tenants + 5; i++) {
            for (int j = 0; j < 100; j++) {
                report(tenant + "-" + i, daily, "subject-" + j, 1, denied(Duration.ofDays(1)));
            }
        }
        assertThat(lines()).hasSize(DenialLog.MAX_SUBJECTS);

        now.addAndGet(86_400 * SECOND);
        report(daily, "ada", denied(Duration.ofDays(1)));
        assertThat(lines()).hasSize(DenialLog.MAX_SUBJECTS + 1);
    }
}
