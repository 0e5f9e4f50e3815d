// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.validation.InvalidArgument;
import java.util.Optional;

/**
 * A job to enqueue.
 *
 * @param id identifies the job in its queue; 1 to {@value #MAX_LENGTH} visible ASCII characters
 * @param payload the content, for the taker
 * @param group jobs of one group run in order, and only some at once; 1 to {@value #MAX_LENGTH} visible ASCII characters
 * @param groupLimit the number of jobs of the group that run at once, 1 to {@value #MAX_GROUP_LIMIT}. The one of the job
 *     that became due last holds for the whole group; a lesser one stops no running job
 * @param due the time before which the job does not run
 * @param onDuplicate the treatment of this job if a waiting or active one has its id
 * @param maxAttempts the number of failures after which the job is dead, 1 to {@value #MAX_ATTEMPTS}
 * @param ttlSeconds the time that the job waits at most once it is due, 1 to {@link #MAX_TTL_SECONDS}. Then it expires. The
 *     time begins anew with each retry, and with death
 * @param requestId identifies this call, so that it can be repeated; 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record NewJob(
        String id,
        JobPayload payload,
        Optional<String> group,
        int groupLimit,
        DueTime due,
        OnDuplicate onDuplicate,
        int maxAttempts,
        long ttlSeconds,
        String requestId) {

    public static final int MAX_LENGTH = 128;

    public static final int MAX_GROUP_LIMIT = 1000;

    public static final int MAX_ATTEMPTS = 100;

    public static final int DEFAULT_ATTEMPTS = 3;

    /** 30 days. */
    public static final long MAX_TTL_SECONDS = 30L * 86_400;

    /** Four days. */
    public static final long DEFAULT_TTL_SECONDS = 345_600;

    /** Begins the ids of {@link #generatedId}. */
    private static final String GENERATED = "~";

    private static final int GENERATED_LENGTH = 23;

    public NewJob {
        requireId(id);
        group.ifPresent(name -> InvalidArgument.requireVisible("group", name, 1, MAX_LENGTH));
        InvalidArgument.requireRange("groupLimit", groupLimit, 1, MAX_GROUP_LIMIT);
        InvalidArgument.requireRange("maxAttempts", maxAttempts, 1, MAX_ATTEMPTS);
        InvalidArgument.requireRange("ttlSeconds", ttlSeconds, 1, MAX_TTL_SECONDS);
        InvalidArgument.requireVisible("requestId", requestId, 1, MAX_LENGTH);
    }

    /** Returns a job with a generated id that is due at once, with the defaults. */
    public static NewJob of(JobPayload payload) {
        return of(generatedId(), payload);
    }

    /** Returns a job that is due at once, with the defaults. */
    public static NewJob of(String id, JobPayload payload) {
        return new NewJob(
                id,
                payload,
                Optional.empty(),
                1,
                DueTime.NOW,
                OnDuplicate.KEEP,
                DEFAULT_ATTEMPTS,
                DEFAULT_TTL_SECONDS,
                requestId(id));
    }

    /**
     * Returns a random id: {@code ~} and 22 base64url characters. Never use one for two jobs. So it identifies the call, too:
     * a repetition with it is recognized even if the job is completed already.
     */
    public static String generatedId() {
        return GENERATED + RandomToken.next();
    }

    /** Returns the id of a call that enqueues {@code id}: the same for a {@link #generatedId}, else a random one. */
    public static String requestId(String id) {
        return id.startsWith(GENERATED) && id.length() == GENERATED_LENGTH ? id : RandomToken.next();
    }

    public NewJob withGroup(String name, int limit) {
        return new NewJob(id, payload, Optional.of(name), limit, due, onDuplicate, maxAttempts, ttlSeconds, requestId);
    }

    public NewJob withDue(DueTime time) {
        return new NewJob(id, payload, group, groupLimit, time, onDuplicate, maxAttempts, ttlSeconds, requestId);
    }

    public NewJob withOnDuplicate(OnDuplicate treatment) {
        return new NewJob(id, payload, group, groupLimit, due, treatment, maxAttempts, ttlSeconds, requestId);
    }

    public NewJob withMaxAttempts(int attempts) {
        return new NewJob(id, payload, group, groupLimit, due, onDuplicate, attempts, ttlSeconds, requestId);
    }

    public NewJob withTtlSeconds(long seconds) {
        return new NewJob(id, payload, group, groupLimit, due, onDuplicate, maxAttempts, seconds, requestId);
    }

    public NewJob withRequestId(String request) {
        return new NewJob(id, payload, group, groupLimit, due, onDuplicate, maxAttempts, ttlSeconds, request);
    }

    static void requireId(String id) {
        InvalidArgument.requireVisible("id", id, 1, MAX_LENGTH);
    }

    /** Leaves out all texts of the caller. */
    @Override
    public String toString() {
        return "NewJob[…]";
    }
}
