// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RetryableScripts;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import dev.gatehouse.state.StatePage.Cursor;
import dev.gatehouse.state.StatePage.Entry;
import dev.gatehouse.state.WriteOutcome.VersionMismatch;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Keeps states on Redis, in one round trip each; a list takes two.
 *
 * <p>Each state has one Redis key, named by {@link StateKey#redisKey}: a hash of its members and its record. A group has one
 * more, the index. An ended state leaves its record for an hour more, so that no version or fence returns.
 *
 * <table>
 * <caption>The commands of each operation; those on the index only with a group</caption>
 * <tr><td>read</td><td>{@code EVALSHA read.lua}: {@code TIME}; {@code HMGET}; found, {@code HGETALL}</td></tr>
 * <tr><td>save</td><td>{@code EVALSHA save.lua}: {@code TIME}; for each state {@code HMGET}; then for each {@code DEL},
 * {@code HSET}, {@code PEXPIRE}; {@code ZADD}, {@code ZRANGEBYSCORE}, {@code ZREM}, {@code ZRANGE}, {@code PEXPIRE}
 * index</td></tr>
 * <tr><td>merge</td><td>as save, with {@code HSTRLEN} of each member and {@code HDEL} instead of {@code DEL}</td></tr>
 * <tr><td>claim, extend, release</td><td>{@code EVALSHA claim.lua}, {@code extend.lua} or {@code release.lua}: {@code TIME};
 * {@code HMGET}; changed, {@code HSET}, {@code PEXPIRE}, and {@code DEL} of an ended state; claimed, {@code HGETALL}</td></tr>
 * <tr><td>delete</td><td>{@code EVALSHA delete.lua}: {@code TIME}; {@code HMGET}; deleted, {@code DEL}, {@code HSET},
 * {@code PEXPIRE}; {@code ZREM} and the others on the index</td></tr>
 * <tr><td>list</td><td>{@code EVALSHA list.lua}: {@code TIME}; {@code ZREVRANGEBYSCORE} and the others on the index; then for
 * each state {@code EVALSHA read.lua}</td></tr>
 * </table>
 *
 * <p>A call without a reply is repeated within the deadline. Each script identifies its write, owner or fence, so a repetition
 * has no further effect.
 *
 * <p><b>Redis can lose data.</b> A failover loses writes and claims that the replica has not received. A writer whose claim is
 * lost gets {@link WriterLost}; one that expects a lost version gets {@link VersionMismatch}.
 *
 * <p>A key that Gatehouse did not write remains unchanged, and the decision is unavailable.
 */
public final class RedisStateStore implements StateStore {

    /** The time that the record of an ended state remains. */
    static final Duration TOMBSTONE = Duration.ofHours(1);

    private static final long ANY_VERSION = -1;

    private static final Script READ = script("read");
    private static final Script SAVE = script("save");
    private static final Script CLAIM = script("claim");
    private static final Script EXTEND = script("extend");
    private static final Script RELEASE = script("release");
    private static final Script DELETE = script("delete");
    private static final Script LIST = script("list");

    private final RetryableScripts scripts;
    private final Duration tombstone;
    private final Duration life;

    /** Creates a store in which a new state lives for a day. */
    public RedisStateStore(RedisLink link) {
        this(link, TOMBSTONE, StateLifetime.DEFAULT);
    }

    /** @param life the life of a new state whose write has none of its own */
    RedisStateStore(RedisLink link, Duration tombstone, Duration life) {
        this.scripts = new RetryableScripts(link);
        this.tombstone = tombstone;
        this.life = life;
    }

    private static Script script(String name) {
        return Script.beside(RedisStateStore.class, name).replyingPacked();
    }

    @Override
    public CompletionStage<Decision<ReadOutcome>> read(
            String tenant, StateKey key, OptionalLong knownVersion, Deadline deadline) {
        StateClaim.requireVersion(knownVersion);
        return run(readCall(tenant, key, knownVersion.orElse(0)), StateReplyReader::readOutcome, deadline);
    }

    private ScriptCall readCall(String tenant, StateKey key, long knownVersion) {
        return call(READ, tenant, key).number(knownVersion);
    }

    @Override
    public CompletionStage<Decision<BatchOutcome>> saveAll(String tenant, List<StateWrite> writes, Deadline deadline) {
        StateStore.requireBatch(writes);
        var call = ScriptCall.of(SAVE);
        writes.forEach(write -> call.key(write.key().redisKey(tenant)));
        writes.getFirst().key().group().ifPresent(group -> call.key(StateKey.indexKey(tenant, group)));
        call.micros(tombstone)
                .number(writes.size())
                .micros(life)
                .number(StateValue.MAX_BYTES)
                .number(REMEMBERED_WRITES);
        writes.forEach(write -> add(write, call));
        return run(call, reply -> StateReplyReader.batchOutcome(reply, writes.size()), deadline);
    }

    private static void add(StateWrite write, ScriptCall call) {
        var members = write.value().members();
        call.text(write.key().id())
                .number(write.expect().code())
                .number(write.fence().orElse(0))
                .text(write.saveId())
                .number(write.ttlMicros())
                .flag(write.merges())
                .number(members.size());
        members.forEach(
                (name, json) -> call.text(StateReplyReader.MEMBER + name).text(json));
    }

    @Override
    public CompletionStage<Decision<StateClaimOutcome>> claim(String tenant, StateClaim claim, Deadline deadline) {
        var call = call(CLAIM, tenant, claim.key())
                .text(claim.owner())
                .text(claim.heldBy())
                .number(claim.leaseMillis() * 1000)
                .flag(claim.takeOver())
                .number(claim.knownVersion().orElse(0));
        return run(call, StateReplyReader::claimOutcome, deadline);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, StateKey key, long fence, long leaseMillis, Deadline deadline) {
        StateClaim.requireLease(leaseMillis);
        var call = fenced(EXTEND, tenant, key, fence).number(leaseMillis * 1000);
        return runFenced(call, reply -> reply.instant(1), deadline);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Boolean>>> release(
            String tenant, StateKey key, long fence, Deadline deadline) {
        return runFenced(fenced(RELEASE, tenant, key, fence), _ -> true, deadline);
    }

    private ScriptCall fenced(Script script, String tenant, StateKey key, long fence) {
        StateWrite.requireFence(OptionalLong.of(fence));
        return call(script, tenant, key).number(fence);
    }

    @Override
    public CompletionStage<Decision<DeleteOutcome>> delete(
            String tenant, StateKey key, Expectation expect, OptionalLong fence, Deadline deadline) {
        StateWrite.requireFence(fence);
        var call = deleteCall(tenant, key, expect, fence, RandomToken.next());
        return run(call, StateReplyReader::deleteOutcome, deadline);
    }

    /** @param id identifies the deletion, which deletes nothing if it is sent again */
    ScriptCall deleteCall(String tenant, StateKey key, Expectation expect, OptionalLong fence, String id) {
        var call = ScriptCall.of(DELETE).key(key.redisKey(tenant));
        key.group().ifPresent(group -> call.key(StateKey.indexKey(tenant, group)));
        return call.micros(tombstone)
                .text(key.id())
                .number(expect.code())
                .number(fence.orElse(0))
                .text(id)
                .number(REMEMBERED_WRITES);
    }

    @Override
    public CompletionStage<Decision<StatePage>> list(
            String tenant, String group, int limit, Optional<Cursor> before, Deadline deadline) {
        StateKey.requireGroup(group);
        StatePage.requireLimit(limit);
        var call = ScriptCall.of(LIST)
                .key(StateKey.indexKey(tenant, group))
                .micros(tombstone)
                .number(limit)
                .number(before.map(Cursor::version).orElse(0L))
                .text(before.map(Cursor::id).orElse(""));
        return run(call, StateReplyReader::cursors, deadline).thenCompose(listed -> switch (listed) {
            case Decided<List<Cursor>>(var cursors, var _) ->
                entries(tenant, group, cursors, deadline)
                        .thenApply(entries -> entries.map(states -> new StatePage(
                                states, cursors.size() < limit ? Optional.empty() : Optional.of(cursors.getLast()))));
            case Decision.Unavailable<List<Cursor>>(var retryAfter) ->
                CompletableFuture.completedStage(new Decision.Unavailable<>(retryAfter));
        });
    }

    /** Reads the listed states, in one flush. One that has ended since is left out. */
    private CompletionStage<Decision<List<Entry>>> entries(
            String tenant, String group, List<Cursor> listed, Deadline deadline) {
        var calls = listed.stream()
                .map(state -> readCall(tenant, StateKey.of(group, state.id()), ANY_VERSION))
                .toList();
        var replies = scripts.runAll(calls, deadline);
        CompletionStage<Decision<List<Entry>>> entries =
                CompletableFuture.completedStage(new Decided<>(new ArrayList<>(), Source.REDIS));
        for (int i = 0; i < listed.size(); i++) {
            var id = listed.get(i).id();
            entries = entries.thenCombine(
                    replies.get(i),
                    (before, reply) -> before instanceof Decided<List<Entry>>(var states, var _)
                            ? Decision.of(reply.map(StateReplyReader::readOutcome))
                                    .map(read -> with(states, id, read))
                            : before);
        }
        return entries;
    }

    private static List<Entry> with(List<Entry> states, String id, ReadOutcome outcome) {
        if (outcome instanceof ReadOutcome.Unchanged(var info)) {
            states.add(new Entry(id, info));
        }
        return states;
    }

    private ScriptCall call(Script script, String tenant, StateKey key) {
        return ScriptCall.of(script).key(key.redisKey(tenant)).micros(tombstone);
    }

    private <T> CompletionStage<Decision<OwnerOutcome<T>>> runFenced(
            ScriptCall call, Function<ScriptReply, T> result, Deadline deadline) {
        return run(call, reply -> reply.has(0, "lost") ? new Lost<>() : new Held<>(result.apply(reply)), deadline);
    }

    private <T> CompletionStage<Decision<T>> run(ScriptCall call, Function<ScriptReply, T> outcome, Deadline deadline) {
        return scripts.run(call, deadline).thenApply(reply -> Decision.of(reply.map(outcome)));
    }
}
