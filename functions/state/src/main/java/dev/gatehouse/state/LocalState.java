// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateInfo.Writer;
import dev.gatehouse.state.WriteOutcome.Refusal;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.state.WriteOutcome.TooLarge;
import dev.gatehouse.state.WriteOutcome.VersionMismatch;
import dev.gatehouse.state.WriteOutcome.WriterHeld;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The record of one state in memory, with the rules of {@code state.lua}. Times are in microseconds.
 *
 * @param value null without content
 * @param writes the last writes, latest first
 */
record LocalState(
        StateKey key,
        long version,
        long created,
        long saved,
        long expires,
        @Nullable StateValue value,
        Claim claim,
        List<Write> writes) {

    /**
     * The last claim.
     *
     * @param owner empty if it is released, or there was none
     */
    record Claim(long fence, String owner, long at, long lease, String heldBy) {

        static final Claim NONE = new Claim(0, "", 0, 0, "");

        boolean isLive(long now) {
            return !owner.isEmpty() && lease > now;
        }

        /** Returns the claim. If the clock has stepped back by more than the lease, the lease begins again at {@code now}. */
        Claim restarted(long now) {
            return !owner.isEmpty() && at - now > lease - at
                    ? new Claim(fence, owner, now, now + lease - at, heldBy)
                    : this;
        }

        /** Returns the claim with a lease of at least {@code micros} from {@code now}. The end goes back with the clock. */
        Claim extended(long now, long micros) {
            long step = Math.max(0, at - now);
            return new Claim(fence, owner, now, Math.max(lease - step, now + micros), heldBy);
        }

        Claim heldBy(String description) {
            return new Claim(fence, owner, at, lease, description);
        }

        Claim released() {
            return new Claim(fence, "", 0, 0, "");
        }
    }

    /**
     * A write with its outcome.
     *
     * @param id empty for a deletion
     */
    record Write(String id, Saved outcome) {}

    static final Comparator<LocalState> LATEST_FIRST = Comparator.comparing(LocalState::version)
            .thenComparing(state -> state.key.id())
            .reversed();

    /** The approximate size of a record without content. */
    private static final long OVERHEAD = 400;

    static LocalState none(StateKey key) {
        return new LocalState(key, 0, 0, 0, 0, null, Claim.NONE, List.of());
    }

    /** Returns a state as read from Redis, without its writer. */
    static LocalState of(StateKey key, Found found) {
        var info = found.info();
        return new LocalState(
                key,
                info.version(),
                MicroClock.micros(info.createdAt()),
                MicroClock.micros(info.savedAt()),
                MicroClock.micros(info.expiresAt()),
                found.value(),
                Claim.NONE,
                List.of());
    }

    /** Returns the time from which the record remains for {@link RedisStateStore#TOMBSTONE}. */
    long latest() {
        return Math.max(Math.max(expires, claim.lease), Math.max(version, claim.fence));
    }

    long bytes() {
        return OVERHEAD + (value == null ? 0 : 2L * value.size());
    }

    boolean isLive(long now) {
        return value != null && expires > now;
    }

    boolean isSuperseded(OptionalLong fence) {
        return fence.isPresent() && fence.getAsLong() < claim.fence;
    }

    /** Returns the content of a live state. */
    StateValue content() {
        return Objects.requireNonNull(value);
    }

    Saved lastOutcome() {
        return writes.getFirst().outcome;
    }

    Optional<Saved> earlier(String writeId) {
        return writes.stream()
                .filter(write -> write.id.equals(writeId))
                .map(Write::outcome)
                .findFirst();
    }

    /** Returns the refusal of a save or merge; empty if the write is allowed or is a repetition. */
    Optional<WriteOutcome> refusal(StateWrite write, long now) {
        if (isSuperseded(write.fence())) {
            return Optional.of(new WriterLost());
        }
        if (earlier(write.saveId()).isPresent()) {
            return Optional.empty();
        }
        return refusal(write.fence(), write.expect(), now)
                .<WriteOutcome>map(refusal -> refusal)
                .or(() -> valueAfter(write, now).size() > StateValue.MAX_BYTES
                        ? Optional.of(new TooLarge())
                        : Optional.empty());
    }

    /** Returns the refusal of a write; empty if it is allowed. */
    Optional<Refusal> refusal(OptionalLong fence, Expectation expect, long now) {
        if (fence.isPresent() && fence.getAsLong() != claim.fence) {
            return Optional.of(new WriterLost());
        }
        if (fence.isEmpty() && claim.isLive(now)) {
            return Optional.of(held(now));
        }
        long present = isLive(now) ? version : 0;
        return expect.code() < 0 || expect.code() == present
                ? Optional.empty()
                : Optional.of(new VersionMismatch(present == 0 ? OptionalLong.empty() : OptionalLong.of(present)));
    }

    WriterHeld held(long now) {
        return new WriterHeld(writer(), Duration.of(claim.lease - now, ChronoUnit.MICROS));
    }

    private Writer writer() {
        return new Writer(claim.heldBy, MicroClock.instant(claim.lease));
    }

    /** Returns the value after the write. */
    StateValue valueAfter(StateWrite write, long now) {
        if (!write.merges()) {
            return write.value();
        }
        var members = new LinkedHashMap<String, String>();
        if (value != null && isLive(now)) {
            members.putAll(value.members());
        }
        write.value().members().forEach((name, json) -> {
            if (json.equals("null")) {
                members.remove(name);
            } else {
                members.put(name, json);
            }
        });
        return new StateValue(members);
    }

    /** Returns the state after the write. */
    LocalState written(StateWrite write, long now, long nextVersion, Duration lifeOfNew) {
        boolean isNew = !isLive(now);
        long ttl = write.ttlSeconds().orElse(isNew ? lifeOfNew.toSeconds() : 0) * 1_000_000;
        long createdAt = isNew ? now : created;
        long end = ttl > 0 ? now + ttl : expires;
        var outcome = new Saved(
                nextVersion,
                MicroClock.instant(createdAt),
                MicroClock.instant(now),
                MicroClock.instant(end),
                isNew,
                false);
        return new LocalState(
                key,
                nextVersion,
                createdAt,
                now,
                end,
                valueAfter(write, now),
                claim,
                writesAfter(new Write(write.saveId(), outcome)));
    }

    LocalState deleted(long now) {
        var deletion = new Write(
                "",
                new Saved(0, MicroClock.instant(now), MicroClock.instant(now), MicroClock.instant(now), false, false));
        return new LocalState(key, version, 0, saved, now, null, claim, writesAfter(deletion));
    }

    private List<Write> writesAfter(Write write) {
        return Stream.concat(Stream.of(write), writes.stream())
                .limit(StateStore.REMEMBERED_WRITES)
                .toList();
    }

    LocalState with(Claim other) {
        return new LocalState(key, version, created, saved, expires, value, other, writes);
    }

    /** Returns the state, without its content if it has ended. */
    LocalState withoutEnded(long now) {
        return isLive(now) ? this : new LocalState(key, version, 0, saved, expires, null, claim, writes);
    }

    /** Returns whether a list has this state after {@code cursor}. */
    boolean isBefore(StatePage.Cursor cursor) {
        return version < cursor.version()
                || (version == cursor.version() && key.id().compareTo(cursor.id()) < 0);
    }

    ReadOutcome read(OptionalLong knownVersion, long now) {
        if (value == null || !isLive(now)) {
            return new Unknown();
        }
        return knownVersion.isPresent() && knownVersion.getAsLong() == version
                ? new Unchanged(info(now))
                : new Found(info(now), value);
    }

    StateInfo info(long now) {
        return new StateInfo(
                version,
                MicroClock.instant(created),
                MicroClock.instant(saved),
                MicroClock.instant(expires),
                claim.isLive(now) ? Optional.of(writer()) : Optional.empty());
    }
}
