// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.jobs.JobDetails.Death;
import dev.gatehouse.jobs.JobPage.DeadJob;
import dev.gatehouse.jobs.JobPage.PresentJob;
import dev.gatehouse.redis.ScriptReply;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Converts the replies of the scripts to outcomes. */
final class JobReplyReader {

    private JobReplyReader() {}

    static EnqueueOutcome enqueueOutcome(ScriptReply reply) {
        return switch (reply.word()) {
            case "queued" -> new EnqueueOutcome.Queued(reply.instant(1), reply.flag(2));
            case "kept" -> new EnqueueOutcome.Kept(reply.instant(1), reply.flag(2));
            case "replaced" -> new EnqueueOutcome.Replaced(reply.instant(1), reply.flag(2));
            case "after" -> new EnqueueOutcome.After(reply.instant(1), reply.flag(2));
            case "late" -> new EnqueueOutcome.DueTooLate(reply.instant(1));
            default -> throw reply.unexpected();
        };
    }

    static TakeOutcome takeOutcome(ScriptReply reply) {
        var jobs = new ArrayList<TakenJob>();
        for (int i = 5; i < reply.size(); i += 7) {
            jobs.add(new TakenJob(
                    reply.text(i),
                    new JobPayload(utf8(reply, i + 6)),
                    group(reply, i + 1),
                    Math.toIntExact(reply.number(i + 2)),
                    reply.text(i + 3),
                    reply.instant(i + 4),
                    reply.instant(i + 5)));
        }
        return new TakeOutcome(jobs, time(reply, 3), reply.number(4), reply.flag(1));
    }

    static LeaveOutcome departure(ScriptReply reply) {
        return new LeaveOutcome(reply.flag(2), time(reply, 3));
    }

    static List<OwnerOutcome<LeaseEnd.Completed>> completed(ScriptReply reply) {
        var outcomes = new ArrayList<OwnerOutcome<LeaseEnd.Completed>>();
        int at = 0;
        while (at < reply.size()) {
            if (reply.has(at, "lost")) {
                outcomes.add(new Lost<>());
                at++;
            } else {
                outcomes.add(new Held<>(new LeaseEnd.Completed(reply.flag(at + 1))));
                at += 2;
            }
        }
        return outcomes;
    }

    static List<OwnerOutcome<LeaseEnd>> failed(ScriptReply reply) {
        var outcomes = new ArrayList<OwnerOutcome<LeaseEnd>>();
        int at = 0;
        while (at < reply.size()) {
            switch (reply.text(at)) {
                case "lost" -> {
                    outcomes.add(new Lost<>());
                    at++;
                }
                case "dead" -> {
                    outcomes.add(new Held<>(new LeaseEnd.Dead(attempt(reply, at + 1), reply.flag(at + 2))));
                    at += 3;
                }
                case "waiting" -> {
                    outcomes.add(new Held<>(waiting(reply, at)));
                    at += 4;
                }
                default -> throw reply.unexpected();
            }
        }
        return outcomes;
    }

    static List<OwnerOutcome<LeaseEnd.Waiting>> givenBack(ScriptReply reply) {
        var outcomes = new ArrayList<OwnerOutcome<LeaseEnd.Waiting>>();
        int at = 0;
        while (at < reply.size()) {
            if (reply.has(at, "lost")) {
                outcomes.add(new Lost<>());
                at++;
            } else {
                outcomes.add(new Held<>(waiting(reply, at)));
                at += 4;
            }
        }
        return outcomes;
    }

    private static LeaseEnd.Waiting waiting(ScriptReply reply, int at) {
        return new LeaseEnd.Waiting(reply.instant(at + 3), attempt(reply, at + 1), reply.flag(at + 2));
    }

    static List<OwnerOutcome<Instant>> extended(ScriptReply reply) {
        var outcomes = new ArrayList<OwnerOutcome<Instant>>();
        int at = 0;
        while (at < reply.size()) {
            if (reply.has(at, "lost")) {
                outcomes.add(new Lost<>());
                at++;
            } else {
                outcomes.add(new Held<>(reply.instant(at + 1)));
                at += 2;
            }
        }
        return outcomes;
    }

    static CancelOutcome cancelOutcome(ScriptReply reply) {
        return reply.has(0, "active") ? new CancelOutcome.JobActive() : new CancelOutcome.Cancelled(reply.flag(1));
    }

    static Optional<JobDetails> details(ScriptReply reply, String id) {
        if (reply.has(0, "unknown")) {
            return Optional.empty();
        }
        var state =
                switch (reply.text(1)) {
                    case "waiting" -> JobState.WAITING;
                    case "active" -> JobState.ACTIVE;
                    case "dead" -> JobState.DEAD;
                    default -> throw reply.unexpected();
                };
        return Optional.of(new JobDetails(
                id,
                state,
                new JobPayload(utf8(reply, 2)),
                group(reply, 3),
                attempt(reply, 4),
                Math.toIntExact(reply.number(5)),
                Math.toIntExact(reply.number(6)),
                reply.instant(7),
                reply.instant(8),
                time(reply, 9),
                time(reply, 10).map(died -> new Death(died, utf8(reply, 11))),
                reply.instant(12),
                reply.flag(13)));
    }

    static JobPage<DeadJob> deadJobs(ScriptReply reply) {
        var jobs = new ArrayList<DeadJob>();
        for (int i = 2; i < reply.size(); i += 8) {
            jobs.add(new DeadJob(
                    reply.text(i),
                    group(reply, i + 1),
                    attempt(reply, i + 2),
                    Math.toIntExact(reply.number(i + 3)),
                    new Death(reply.instant(i + 4), utf8(reply, i + 5)),
                    reply.instant(i + 6),
                    reply.instant(i + 7)));
        }
        return page(jobs, reply);
    }

    static JobPage<PresentJob> presentJobs(ScriptReply reply) {
        var jobs = new ArrayList<PresentJob>();
        for (int i = 2; i < reply.size(); i += 9) {
            jobs.add(new PresentJob(
                    reply.text(i),
                    group(reply, i + 1),
                    attempt(reply, i + 2),
                    Math.toIntExact(reply.number(i + 3)),
                    Math.toIntExact(reply.number(i + 4)),
                    reply.instant(i + 5),
                    reply.instant(i + 6),
                    time(reply, i + 7),
                    reply.instant(i + 8)));
        }
        return page(jobs, reply);
    }

    private static <T> JobPage<T> page(List<T> jobs, ScriptReply reply) {
        long next = reply.number(1);
        return new JobPage<>(jobs, next == 0 ? OptionalLong.empty() : OptionalLong.of(next));
    }

    static Redriven redriven(ScriptReply reply) {
        var ids = new ArrayList<String>();
        for (int i = 2; i < reply.size(); i++) {
            ids.add(reply.text(i));
        }
        return new Redriven(ids, reply.flag(1));
    }

    static QueueCounts counts(ScriptReply reply) {
        return new QueueCounts(
                reply.number(1),
                reply.number(2),
                reply.number(3),
                reply.number(4),
                reply.number(5),
                reply.number(6),
                time(reply, 7));
    }

    private static int attempt(ScriptReply reply, int index) {
        return Math.toIntExact(reply.number(index));
    }

    private static Optional<String> group(ScriptReply reply, int index) {
        return Optional.of(reply.text(index)).filter(name -> !name.isEmpty());
    }

    private static Optional<Instant> time(ScriptReply reply, int index) {
        return reply.number(index) == 0 ? Optional.empty() : Optional.of(reply.instant(index));
    }

    private static String utf8(ScriptReply reply, int index) {
        return new String(reply.bytes(index), StandardCharsets.UTF_8);
    }
}
