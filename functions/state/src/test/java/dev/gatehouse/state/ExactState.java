// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StateInfo.Writer;
import dev.gatehouse.state.WriteOutcome.Refusal;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.state.WriteOutcome.VersionMismatch;
import dev.gatehouse.state.WriteOutcome.WriterHeld;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The plain model of one state: everything that was ever saved and granted. It checks each outcome and follows it. Apart from
 * that it checks that no version or fence returns, whatever the outcomes should be.
 */
final class ExactState {

    private static final long HOUR = 3_600_000_000L;

    /** Each version with its content, for ever. */
    final List<Long> versions = new ArrayList<>();

    private final Map<Long, Map<String, String>> contents = new HashMap<>();

    /** All fences that were granted, for ever. */
    final List<Long> fences = new ArrayList<>();

    private Map<String, String> members;
    private Instant created;
    private Instant saved;
    private long version;
    private long expires;

    private long fence;
    private String owner = "";
    private long claimedAt;
    private long lease;

    /** The last writes by their ids; null for a deletion. */
    private final LinkedHashMap<String, Saved> writes = new LinkedHashMap<>();

    /** Whether a list may lack the state, because it had ended when the index was last used. */
    boolean mayBeUnlisted;

    private long now;

    /** Begins a call at {@code now}. */
    ExactState at(long time) {
        now = time;
        if (Math.max(Math.max(version, expires), Math.max(fence, lease)) + HOUR < now) {
            members = null;
            version = expires = fence = lease = claimedAt = 0;
            owner = "";
            writes.clear();
        }
        if (!owner.isEmpty() && claimedAt - now > lease - claimedAt) {
            lease = now + lease - claimedAt;
            claimedAt = now;
        }
        return this;
    }

    boolean isLive() {
        return members != null && expires > now;
    }

    long version() {
        return version;
    }

    void read(OptionalLong known, ReadOutcome outcome) {
        if (!isLive()) {
            assertThat(outcome).isEqualTo(new Unknown());
        } else if (known.isPresent() && known.getAsLong() == version) {
            assertThat(outcome).isEqualTo(new Unchanged(info()));
        } else {
            assertThat(outcome).isEqualTo(new Found(info(), new StateValue(members)));
            assertThat(members).as("the content of the version").isEqualTo(contents.get(version));
        }
    }

    StateInfo info() {
        return new StateInfo(
                version, created, saved, instant(expires), isClaimed() ? Optional.of(writer()) : Optional.empty());
    }

    private boolean isClaimed() {
        return !owner.isEmpty() && lease > now;
    }

    private Writer writer() {
        return new Writer("by-" + owner, instant(lease));
    }

    private boolean isSuperseded(OptionalLong given) {
        return given.isPresent() && given.getAsLong() < fence;
    }

    private Optional<Refusal> refusal(OptionalLong given, Expectation expect) {
        if (given.isPresent() ? given.getAsLong() != fence : isClaimed()) {
            return Optional.of(given.isPresent() ? new WriterLost() : held());
        }
        boolean fits =
                switch (expect) {
                    case Expectation.Absent _ -> !isLive();
                    case Expectation.Version(var number) -> isLive() && number == version;
                    case Expectation.Any _ -> true;
                };
        return fits
                ? Optional.empty()
                : Optional.of(new VersionMismatch(isLive() ? OptionalLong.of(version) : OptionalLong.empty()));
    }

    private WriterHeld held() {
        return new WriterHeld(writer(), Duration.of(lease - now, ChronoUnit.MICROS));
    }

    /** Returns the refusal that the write should get; empty if it should be saved, now or before. */
    Optional<Refusal> refusal(StateWrite write) {
        if (isSuperseded(write.fence())) {
            return Optional.of(new WriterLost());
        }
        return writes.containsKey(write.saveId()) ? Optional.empty() : refusal(write.fence(), write.expect());
    }

    void saved(StateWrite write, Saved outcome) {
        var earlier = writes.get(write.saveId());
        if (earlier != null) {
            assertThat(outcome).as("the first outcome").isEqualTo(earlier.asRepeated());
            return;
        }
        assertThat(versions).as("versions only grow").allMatch(before -> before < outcome.version());
        boolean isNew = !isLive();
        var next = new LinkedHashMap<String, String>();
        if (write.merges() && !isNew) {
            next.putAll(members);
        }
        write.value().members().forEach((name, json) -> {
            next.put(name, json);
            if (write.merges() && json.equals("null")) {
                next.remove(name);
            }
        });
        members = next;
        version = Math.max(now, version + 1);
        created = isNew ? instant(now) : created;
        saved = instant(now);
        long ttl = write.ttlSeconds().orElse(isNew ? 86_400 : 0) * 1_000_000;
        expires = ttl == 0 ? expires : now + ttl;
        assertThat(outcome).isEqualTo(new Saved(version, created, saved, instant(expires), isNew, false));
        versions.add(version);
        contents.put(version, next);
        remember(write.saveId(), outcome);
        mayBeUnlisted = false;
    }

    private void remember(String id, Saved outcome) {
        writes.put(id, outcome);
        if (writes.size() > StateStore.REMEMBERED_WRITES) {
            writes.pollFirstEntry();
        }
    }

    void claimed(StateClaim claim, StateClaimOutcome outcome) {
        boolean isOwner = owner.equals(claim.owner());
        if (!isOwner && isClaimed() && !claim.takeOver()) {
            assertThat(outcome).isEqualTo(held());
            return;
        }
        assertThat(outcome).isInstanceOf(Claimed.class);
        var claimed = (Claimed) outcome;
        if (!isOwner) {
            assertThat(fences).as("fences only grow").allMatch(before -> before < claimed.fence());
            fence = Math.max(now, fence + 1);
            fences.add(fence);
            lease = claimedAt = 0;
        }
        owner = claim.owner();
        extend(claim.leaseMillis() * 1000);
        assertThat(claimed.fence()).isEqualTo(fence);
        assertThat(claimed.leaseEnds()).isEqualTo(instant(lease));
        read(claim.knownVersion(), claimed.state());
    }

    void extended(long given, long seconds, OwnerOutcome<Instant> outcome) {
        if (owner.isEmpty() || given != fence) {
            assertThat(outcome).isEqualTo(new OwnerOutcome.Lost<>());
            return;
        }
        extend(seconds * 1_000_000);
        assertThat(outcome).isEqualTo(new OwnerOutcome.Held<>(instant(lease)));
    }

    /** Moves the end back with the clock, before it extends the lease. A state that has ended does not return. */
    private void extend(long micros) {
        lease = Math.max(Math.min(lease, lease + now - claimedAt), now + micros);
        claimedAt = now;
        members = isLive() ? members : null;
    }

    void released(long given, OwnerOutcome<Boolean> outcome) {
        if (given < fence) {
            assertThat(outcome).isEqualTo(new OwnerOutcome.Lost<>());
            return;
        }
        assertThat(outcome).isEqualTo(new OwnerOutcome.Held<>(true));
        if (given == fence) {
            owner = "";
            claimedAt = lease = 0;
        }
    }

    /** Returns whether something was deleted. */
    boolean deleted(Expectation expect, OptionalLong given, DeleteOutcome outcome) {
        if (isSuperseded(given)) {
            assertThat(outcome).isEqualTo(new WriterLost());
            return false;
        }
        if (!isLive()) {
            assertThat(outcome).isEqualTo(new DeleteOutcome.Deleted());
            return false;
        }
        var refused = refusal(given, expect);
        assertThat(outcome)
                .isEqualTo(refused.<DeleteOutcome>map(refusal -> refusal).orElse(new DeleteOutcome.Deleted()));
        if (refused.isPresent()) {
            return false;
        }
        members = null;
        expires = now;
        remember("deletion " + writes.size() + " " + versions.size(), null);
        return true;
    }

    /** Follows a use of the index. */
    void indexUsed(long time) {
        mayBeUnlisted |= expires <= time;
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
