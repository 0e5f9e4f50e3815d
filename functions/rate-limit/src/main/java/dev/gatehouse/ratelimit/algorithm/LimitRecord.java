// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The use of a limit by one subject, the subject's lock-out and its open holds. The same arithmetic as in {@code holds.lua}.
 * Times are in microseconds since 1970.
 *
 * @param blockedUntil the time until which the subject is locked out; 0 if it is not
 * @param holds the open holds, in the order of their charges
 */
public record LimitRecord(LimitState state, long blockedUntil, List<OpenHold> holds) {

    /** The maximum of open holds. */
    public static final int MAX_HOLDS = 1000;

    /**
     * A settled hold.
     *
     * @param record the record without the hold and without the units that it returned
     * @param units the units that the hold had charged
     */
    public record SettledHold(LimitRecord record, long units) {}

    public LimitRecord {
        holds = List.copyOf(holds);
    }

    /** Creates a record without holds. */
    public LimitRecord(LimitState state, long blockedUntil) {
        this(state, blockedUntil, List.of());
    }

    /** Returns the record of a subject that is not locked out and holds nothing. */
    public static LimitRecord of(LimitState state) {
        return new LimitRecord(state, 0);
    }

    /** Returns this record with another lock-out. */
    public LimitRecord blockedUntil(long time) {
        return new LimitRecord(state, time, holds);
    }

    /** Returns the record at {@code now} under an algorithm, without ended holds and without a lock-out that has ended. */
    public LimitRecord found(RateAlgorithm algorithm, long now) {
        var ended = at(now);
        return ended.with(algorithm.found(ended.state, now), now).blockedUntil(isBlocked(now) ? blockedUntil : 0);
    }

    /** Returns the record to store: an unused limit stays unused when the clock steps back, and its holds return nothing. */
    public LimitRecord toStore(long now) {
        return state.life(now) > 0
                ? this
                : new LimitRecord(
                        state.algorithm().unused(0),
                        blockedUntil,
                        holds.stream().map(hold -> hold.with(null)).toList());
    }

    /** Returns the rest of the lock-out in microseconds; 0 if there is none. */
    public long blockedFor(long now) {
        return Math.max(0, blockedUntil - now);
    }

    public boolean isBlocked(long now) {
        return blockedUntil > now;
    }

    /** Returns the record without the holds that have ended by {@code now}; this record if none has or begins again. */
    public LimitRecord at(long now) {
        if (holds.stream().noneMatch(hold -> hold.endsAt() <= now || hold.beganAfter(now))) {
            return this;
        }
        var left = state;
        var open = new ArrayList<OpenHold>(holds.size());
        for (var hold : holds) {
            var current = hold.following(state, left).at(now);
            if (current.endsAt() > now) {
                open.add(current);
            } else if (hold.returns()) {
                left = returned(left, current, current.units(), now);
            }
        }
        return new LimitRecord(left, blockedUntil, open);
    }

    /** Returns the state after {@code hold} has returned up to {@code units} that are still in use of its charge. */
    private static LimitState returned(LimitState state, OpenHold hold, long units, long now) {
        return hold.charged() == null ? state : state.returned(units, hold.charged(), now);
    }

    /**
     * Returns the record with the state that follows this one. The holds return nothing more if the limit changed or the
     * clock went back by more than a window. After a refund they return less, because it need not be of an earlier charge.
     */
    public LimitRecord with(LimitState next, long now) {
        boolean isVoid = !next.algorithm().equals(state.algorithm()) || state.isAhead(now);
        var following = holds.stream()
                .map(hold -> isVoid ? hold.with(null) : hold.following(state, next))
                .toList();
        return new LimitRecord(next, blockedUntil, following);
    }

    /** Returns the record with another hold, whose charge its state includes. */
    public LimitRecord plus(OpenHold hold) {
        var open = new ArrayList<>(holds);
        open.add(hold);
        return new LimitRecord(state, blockedUntil, open);
    }

    /**
     * Settles a hold, which returns its units beyond the actual ones.
     *
     * @return null if no hold with this id is open
     */
    public @Nullable SettledHold settled(String id, long actual, long now) {
        for (int i = 0; i < holds.size(); i++) {
            var hold = holds.get(i);
            if (hold.id().equals(id)) {
                var left = actual < hold.units() ? returned(state, hold, hold.units() - actual, now) : state;
                var open = new ArrayList<>(holds.subList(0, i));
                holds.subList(i + 1, holds.size()).forEach(later -> open.add(later.following(state, left)));
                return new SettledHold(new LimitRecord(left, blockedUntil, open), hold.units());
            }
        }
        return null;
    }

    /** Returns whether no further hold may be added. */
    public boolean isFull() {
        return holds.size() >= MAX_HOLDS;
    }

    /** Returns the earliest end of an open hold; {@link Long#MAX_VALUE} if there is none. */
    public long earliestEnd() {
        return holds.stream().mapToLong(OpenHold::endsAt).min().orElse(Long.MAX_VALUE);
    }

    /** Returns the time in microseconds for which the record must be stored; 0 if it holds nothing. */
    public long life(long now) {
        long last = holds.stream().mapToLong(OpenHold::endsAt).max().orElse(now);
        return Math.max(Math.max(state.life(now), blockedFor(now)), last - now);
    }
}
