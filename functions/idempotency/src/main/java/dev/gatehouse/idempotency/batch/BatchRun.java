// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import com.amazonaws.services.lambda.runtime.Context;
import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimAttempt;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Execution.Done;
import dev.gatehouse.idempotency.Execution.InFlight;
import dev.gatehouse.idempotency.Execution.KeyReused;
import dev.gatehouse.idempotency.Execution.Released;
import dev.gatehouse.idempotency.Execution.Replayed;
import dev.gatehouse.idempotency.Execution.Undecided;
import dev.gatehouse.idempotency.Execution.Unrecorded;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes the records of one event. Not thread-safe. */
final class BatchRun<R> {

    /** The maximum number of claims in one flush: more would keep other callers of Redis waiting. */
    static final int CLAIMED_TOGETHER = 500;

    private static final Logger LOG = LoggerFactory.getLogger(IdempotentBatch.class);
    private static final Response DONE = new Response(200, List.of(), ResponseBody.EMPTY);

    private final IdempotentBatch settings;
    private final RecordSource<R> source;
    private final RecordWork<? super R> work;
    private final String claimedBy;
    private final Deadline end;
    private final Deadline lastStart;

    private final List<RecordFailure> failures = new ArrayList<>();
    private final Set<String> stoppedGroups = new HashSet<>();

    /** Whether the work is done, by the keys of the records so far. */
    private final Map<IdempotencyKey, Boolean> outcomes = new HashMap<>();

    /**
     * A record to process.
     *
     * @param request null if the record is invalid
     * @param invalid the reason; null if the record is valid
     */
    private record Item<R>(
            R message,
            String id,
            Optional<String> group,
            @Nullable ClaimRequest request,
            @Nullable RuntimeException invalid) {}

    BatchRun(IdempotentBatch settings, Context context, RecordSource<R> source, RecordWork<? super R> work) {
        this.settings = settings;
        this.source = source;
        this.work = work;
        var requestId = context.getAwsRequestId();
        this.claimedBy = requestId != null && InvalidArgument.isVisible(requestId, 0, 128) ? requestId : "";
        this.end = Deadline.in(Duration.ofMillis(context.getRemainingTimeInMillis()));
        this.lastStart = new Deadline(end.nanoTime() - settings.reserve.toNanos());
    }

    /** Returns the records that must come again, in their order. */
    List<RecordFailure> process(List<R> records) {
        for (int from = 0; from < records.size(); from += CLAIMED_TOGETHER) {
            var part = records.subList(from, Math.min(records.size(), from + CLAIMED_TOGETHER));
            processPart(part.stream().map(this::item).toList());
        }
        if (!failures.isEmpty()) {
            LOG.warn("{} of {} records of {} come again", failures.size(), records.size(), settings.scope);
        }
        return failures;
    }

    private Item<R> item(R message) {
        var id = source.id().apply(message);
        var group = source.group().apply(message);
        try {
            return new Item<>(message, id, group, request(message), null);
        } catch (RuntimeException e) {
            return new Item<>(message, id, group, null, e);
        }
    }

    private ClaimRequest request(R message) {
        var key = new IdempotencyKey(settings.scope, source.key().apply(message));
        return new ClaimRequest(
                new Claim(key, Owner.random()),
                new Fingerprint(source.fingerprint().apply(message)),
                claimedBy,
                settings.lease,
                settings.lifetime);
    }

    private void processPart(List<Item<R>> items) {
        var requests = items.stream()
                .filter(item -> !mustWait(item))
                .map(Item::request)
                .filter(Objects::nonNull)
                .toList();
        var attempts = settings.executor.claimAll(settings.tenant, requests, end);
        try {
            var next = attempts.iterator();
            var claimed = new HashMap<@Nullable ClaimRequest, ClaimAttempt>();
            requests.forEach(request -> claimed.put(request, next.next()));
            for (var item : items) {
                var reason = process(item, claimed.get(item.request));
                if (reason != null) {
                    failures.add(new RecordFailure(item.id, reason));
                    item.group.ifPresent(stoppedGroups::add);
                }
            }
        } finally {
            // Before the function returns, because Lambda may freeze it then.
            attempts.stream().map(ClaimAttempt::release).toList().forEach(stage -> stage.toCompletableFuture()
                    .join());
        }
    }

    /** Returns whether the record comes again because of the time or an earlier record. */
    private boolean mustWait(Item<R> item) {
        return lastStart.isSpent() || item.group.filter(stoppedGroups::contains).isPresent();
    }

    /** Returns the reason why the record must come again; null if its work is done. */
    private @Nullable Exception process(Item<R> item, @Nullable ClaimAttempt attempt) {
        if (mustWait(item)) {
            return new RecordNotProcessed("too little time is left, or an earlier record of its group failed");
        }
        var reason = attempt == null ? Objects.requireNonNull(item.invalid) : outcome(item, attempt);
        if (reason instanceof RecordNotProcessed) {
            LOG.info("Record {} of {} comes again: {}", item.id, settings.scope, reason.getMessage());
        } else if (reason != null) {
            LOG.warn("The work of record {} of {} failed", item.id, settings.scope, reason);
        }
        return reason;
    }

    private @Nullable Exception outcome(Item<R> item, ClaimAttempt attempt) {
        var key = attempt.key();
        var earlier = outcomes.get(key);
        boolean isOtherWork = attempt.refusal().orElse(null) instanceof KeyReused;
        if (earlier != null && !isOtherWork) {
            return earlier ? null : new RecordNotProcessed("an earlier record with its key failed");
        }
        var reason = run(item, attempt);
        if (!isOtherWork) {
            outcomes.putIfAbsent(key, reason == null);
        }
        return reason;
    }

    private @Nullable Exception run(Item<R> item, ClaimAttempt attempt) {
        try {
            return switch (attempt.call(() -> {
                work.process(item.message);
                return DONE;
            })) {
                case Done _, Replayed _, Released _ -> null;
                case Unrecorded _ -> {
                    LOG.warn(
                            "Record {} of {} is done, but may be done again if it is sent again",
                            item.id,
                            settings.scope);
                    yield null;
                }
                case InFlight _ -> new RecordNotProcessed("another invocation works on it");
                case KeyReused _ -> new RecordNotProcessed("its key was used with another fingerprint");
                case Undecided _ -> new RecordNotProcessed("Redis did not reply to its claim");
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        } catch (Exception e) {
            return e;
        }
    }
}
