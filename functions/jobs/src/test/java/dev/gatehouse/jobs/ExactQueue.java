// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A queue by the contract of {@link JobStore}, in plain Java, with groups of constant limits. Times are in microseconds. */
final class ExactQueue {

    static final class Job {

        final NewJob made;
        long enqueued;
        long seq;
        long turn;
        long due;
        JobState state = JobState.WAITING;
        boolean isPlaced;
        int attempt = 1;
        int crashes;
        String lease = "";
        long leaseEnd;
        long died;

        @Nullable
        Job follower;

        boolean followerReplaces;

        /** The content, which a replacement changes. The group is that of the first. */
        NewJob content;

        Job(NewJob made, long enqueued, long due) {
            this.made = made;
            this.enqueued = enqueued;
            this.content = made;
            this.due = due;
        }

        long end() {
            long from = state == JobState.ACTIVE ? leaseEnd : state == JobState.DEAD ? died : due;
            return from + content.ttlSeconds() * 1_000_000;
        }

        /** Returns the end of the job and its follower. */
        long lastEnd() {
            return follower == null ? end() : Math.max(end(), follower.due) + follower.content.ttlSeconds() * 1_000_000;
        }

        boolean isIn(Job other) {
            return made.group().isPresent() && made.group().equals(other.made.group());
        }
    }

    private record Remembered(long slice, OwnerOutcome<String> outcome) {}

    final Map<String, Job> jobs = new TreeMap<>();
    private final Map<String, Remembered> memory = new HashMap<>();
    private long last;
    long now;

    /** Returns the job after all that time has done to it. */
    @Nullable
    Job find(String id) {
        var job = jobs.get(id);
        if (job != null && job.state == JobState.ACTIVE && job.leaseEnd <= now && job.end() > now) {
            crash(job);
            job = jobs.get(id);
        }
        while (job != null && job.end() <= now) {
            finish(job, job.end());
            job = jobs.get(id);
        }
        return job;
    }

    private void trim() {
        jobs.values().removeIf(job -> job.lastEnd() <= now);
    }

    private List<Job> sorted(Predicate<Job> filter, Comparator<Job> order) {
        return new ArrayList<>(jobs.values().stream()
                .filter(filter)
                .sorted(order.thenComparingLong(job -> job.seq))
                .toList());
    }

    /** Returns the words of the outcome and the due time. */
    List<Object> enqueue(NewJob made, long due) {
        trim();
        var present = find(made.id());
        if (present == null || present.state == JobState.DEAD) {
            jobs.remove(made.id());
            add(new Job(made, now, due));
            return List.of("Queued", due);
        }
        boolean isActive = present.state == JobState.ACTIVE;
        if (isActive && made.onDuplicate() != OnDuplicate.KEEP) {
            present.follower = new Job(made, now, due);
            present.followerReplaces |= made.onDuplicate() == OnDuplicate.REPLACE;
            return List.of("After", due);
        }
        if (!isActive && made.onDuplicate() == OnDuplicate.REPLACE) {
            replace(present, made, due);
            return List.of("Replaced", due);
        }
        return List.of("Kept", present.due);
    }

    private void replace(Job job, NewJob content, long due) {
        boolean staysDue = job.due <= now && due <= now;
        job.content = content;
        job.enqueued = now;
        job.attempt = 1;
        job.crashes = 0;
        job.follower = null;
        job.followerReplaces = false;
        job.due = due;
        if (!staysDue) {
            job.seq = nextSeq();
            job.turn = due > now ? due : job.seq;
        }
    }

    private void add(Job job) {
        job.seq = nextSeq();
        job.turn = job.due > now ? job.due : job.seq;
        jobs.put(job.made.id(), job);
    }

    private long nextSeq() {
        last = Math.max(now, jobs.isEmpty() ? 0 : last + 1);
        return last;
    }

    /** Removes a job that is done since a time. */
    private void finish(Job job, long at) {
        jobs.remove(job.made.id());
        if (job.follower != null) {
            job.follower.due = Math.max(job.follower.due, at);
            add(job.follower);
        }
    }

    private void crash(Job job) {
        job.crashes++;
        if (job.follower != null && job.followerReplaces) {
            finish(job, job.leaseEnd);
        } else if (job.crashes == JobStore.MAX_CRASHES) {
            bury(job, job.leaseEnd);
        } else {
            job.due = job.leaseEnd;
            waits(job);
        }
    }

    private void waits(Job job) {
        job.state = JobState.WAITING;
        job.lease = "";
        job.leaseEnd = 0;
    }

    private void bury(Job job, long at) {
        if (job.follower != null) {
            finish(job, at);
            return;
        }
        long latest =
                jobs.values().stream().mapToLong(other -> other.died).max().orElse(0);
        job.died = Math.max(at, latest + 1);
        job.state = JobState.DEAD;
        job.isPlaced = false;
        job.leaseEnd = 0;
    }

    private boolean isTakeable(Job job) {
        return job.state == JobState.WAITING
                && job.due <= now
                && (job.made.group().isEmpty()
                        || job.isPlaced
                        || jobs.values().stream()
                                        .filter(other -> other.isPlaced && other.isIn(job))
                                        .count()
                                < job.made.groupLimit());
    }

    /** Returns the jobs taken, in order. */
    List<Job> take(int max, long leaseMicros, String request) {
        trim();
        sorted(
                        job -> job.state == JobState.ACTIVE && job.leaseEnd <= now,
                        Comparator.comparingLong(job -> job.leaseEnd))
                .forEach(job -> {
                    if (job.end() <= now) {
                        finish(job, job.end());
                    } else {
                        crash(job);
                    }
                });
        trim();
        var taken = new ArrayList<Job>();
        while (true) {
            var next = sorted(this::isTakeable, Comparator.comparingLong(job -> job.turn));
            var job = next.isEmpty() ? null : next.getFirst();
            if (job != null && job.end() <= now) {
                finish(job, job.end());
                continue;
            }
            if (job == null || taken.size() == max) {
                return taken;
            }
            job.isPlaced = true;
            job.state = JobState.ACTIVE;
            job.leaseEnd = now + leaseMicros;
            taken.add(job);
            job.lease = request + "." + taken.size();
        }
    }

    Optional<Long> nextDue() {
        if (jobs.values().stream().anyMatch(this::isTakeable)) {
            return Optional.of(now);
        }
        return jobs.values().stream()
                .filter(job -> job.state == JobState.ACTIVE || job.state == JobState.WAITING && job.due > now)
                .map(job -> job.state == JobState.ACTIVE ? job.leaseEnd : job.due)
                .min(Comparator.naturalOrder());
    }

    long count(JobState state) {
        return jobs.values().stream().filter(job -> job.state == state).count();
    }

    private @Nullable Job held(JobLease lease) {
        var job = find(lease.id());
        return job != null && job.state == JobState.ACTIVE && job.lease.equals(lease.lease()) ? job : null;
    }

    OwnerOutcome<String> complete(JobLease lease) {
        return remembered("complete", lease, () -> completeNow(lease));
    }

    OwnerOutcome<String> fail(JobLease lease, long pause, boolean isDead) {
        return remembered("fail", lease, () -> failNow(lease, pause, isDead));
    }

    OwnerOutcome<String> giveBack(JobLease lease) {
        return remembered("giveBack", lease, () -> giveBackNow(lease));
    }

    /** Returns the outcome of an earlier call in this slice of time or the one before, or of a new one. */
    private OwnerOutcome<String> remembered(String call, JobLease lease, Supplier<OwnerOutcome<String>> newCall) {
        long slice = now / (JobStore.REMEMBERED_SECONDS * 1_000_000L);
        var key = call + lease.lease();
        var earlier = memory.get(key);
        if (earlier != null && slice - earlier.slice() <= 1) {
            return earlier.outcome();
        }
        var outcome = newCall.get();
        if (outcome instanceof Held<?>) {
            memory.put(key, new Remembered(slice, outcome));
        }
        return outcome;
    }

    private OwnerOutcome<String> completeNow(JobLease lease) {
        var job = held(lease);
        if (job == null) {
            return new Lost<>();
        }
        finish(job, now);
        return new Held<>("completed");
    }

    private OwnerOutcome<String> failNow(JobLease lease, long pause, boolean isDead) {
        var job = held(lease);
        if (job == null) {
            return new Lost<>();
        }
        int attempt = job.attempt;
        if (job.follower != null && job.followerReplaces) {
            finish(job, now);
            return new Held<>("waiting " + attempt + " " + job.follower.due);
        }
        if (isDead || attempt >= job.content.maxAttempts()) {
            bury(job, now);
            return new Held<>("dead " + attempt);
        }
        job.attempt++;
        job.due = now + pause;
        if (pause > 0) {
            job.turn = job.due;
        }
        waits(job);
        return new Held<>("waiting " + attempt + " " + job.due);
    }

    private OwnerOutcome<String> giveBackNow(JobLease lease) {
        var job = held(lease);
        if (job == null) {
            return new Lost<>();
        }
        if (job.follower != null && job.followerReplaces) {
            finish(job, now);
            return new Held<>("waiting " + job.attempt + " " + job.follower.due);
        }
        job.due = now;
        waits(job);
        return new Held<>("waiting " + job.attempt + " " + now);
    }

    OwnerOutcome<Long> extend(JobLease lease, long micros) {
        var job = held(lease);
        if (job == null) {
            return new Lost<>();
        }
        job.leaseEnd = Math.max(job.leaseEnd, now + micros);
        return new Held<>(job.leaseEnd);
    }

    boolean cancel(String id) {
        var job = find(id);
        if (job != null && job.state == JobState.ACTIVE) {
            return false;
        }
        jobs.remove(id);
        return true;
    }

    boolean redrive(String id) {
        var job = find(id);
        if (job == null || job.state != JobState.DEAD) {
            return false;
        }
        job.state = JobState.WAITING;
        job.attempt = 1;
        job.crashes = 0;
        job.died = 0;
        job.due = now;
        job.seq = nextSeq();
        job.turn = job.seq;
        return true;
    }

    List<String> dead() {
        return sorted(
                        job -> job.state == JobState.DEAD && job.end() > now,
                        Comparator.<Job>comparingLong(job -> job.died).reversed())
                .stream()
                .map(job -> job.made.id())
                .toList();
    }
}
