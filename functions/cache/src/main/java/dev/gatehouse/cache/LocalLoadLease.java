// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.Reason;
import dev.gatehouse.cache.LookupOutcome.LoadState;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lease of a key in memory, as {@code lease.lua} describes it.
 *
 * @param granted when the load began, in microseconds
 * @param since when the end was set, in microseconds
 * @param ends the end in microseconds: of the lease, or of the hold after a release
 * @param epoch the epoch of the scope at the grant, 0 without a scope
 * @param sequence the sequence of the scope at the grant
 * @param ended earlier owners that cannot get the lease under their names, the latest last
 * @param filled the result of the fill; null before
 */
record LocalLoadLease(
        LoadOwner owner,
        State state,
        long granted,
        long since,
        long ends,
        long epoch,
        long sequence,
        List<EndedOwner> ended,
        @Nullable Filled filled) {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final int MAX_ENDED = 32;

    enum State {
        LOADING,
        FILLED,
        RELEASED,
        VOID
    }

    record EndedOwner(LoadOwner owner, Reason reason) {}

    /**
     * Returns a granted lease.
     *
     * @param before the previous lease, which is not live
     */
    static LocalLoadLease after(
            @Nullable LocalLoadLease before, LoadOwner caller, @Nullable LocalScope scope, long now, long ends) {
        var ended = before == null ? List.<EndedOwner>of() : before.endedAtGrant(scope);
        boolean isFree = ended.stream().noneMatch(earlier -> earlier.owner.equals(caller));
        return new LocalLoadLease(
                isFree ? caller : LoadOwner.random(),
                State.LOADING,
                now,
                now,
                ends,
                LocalScope.epochOf(scope),
                LocalScope.sequenceOf(scope),
                ended,
                null);
    }

    private List<EndedOwner> endedAtGrant(@Nullable LocalScope scope) {
        return switch (state) {
            case LOADING, FILLED -> withEnded(isOf(scope) ? Reason.TAKEN : Reason.INVALIDATED);
            case RELEASED -> withEnded(Reason.ENDED);
            case VOID -> ended;
        };
    }

    private List<EndedOwner> withEnded(Reason reason) {
        var all = new ArrayList<>(ended);
        all.add(new EndedOwner(owner, reason));
        return List.copyOf(all.subList(Math.max(0, all.size() - MAX_ENDED), all.size()));
    }

    boolean isOf(@Nullable LocalScope scope) {
        return epoch == LocalScope.epochOf(scope);
    }

    boolean isLoadingBy(LoadOwner caller) {
        return state == State.LOADING && owner.equals(caller);
    }

    /**
     * Returns whether the lease, or the hold after a release, keeps others from loading. A step back of the clock by more ends
     * it.
     */
    boolean holdsOff(@Nullable LocalScope scope, long now) {
        boolean hasSteppedBack = since - now > ends - since;
        return now < ends && !hasSteppedBack && (state == State.RELEASED || isOf(scope));
    }

    boolean canBeFilledBy(LoadOwner caller) {
        return canBeVoided() && owner.equals(caller);
    }

    boolean canBeReleasedBy(LoadOwner caller, @Nullable LocalScope scope) {
        return owner.equals(caller) && (state == State.RELEASED || (state == State.LOADING && isOf(scope)));
    }

    boolean canBeVoided() {
        return state == State.LOADING || state == State.FILLED;
    }

    /** Returns why {@code caller} cannot fill. */
    Reason reasonFor(LoadOwner caller) {
        if (ended.contains(new EndedOwner(caller, Reason.INVALIDATED))) {
            return Reason.INVALIDATED;
        }
        boolean isTaken = ended.contains(new EndedOwner(caller, Reason.TAKEN))
                || (state == State.LOADING && !owner.equals(caller));
        return isTaken ? Reason.TAKEN : Reason.ENDED;
    }

    /** Returns whether an invalidation has voided the load of a value with these tags. */
    boolean isVoidIn(@Nullable LocalScope scope, Set<String> tags) {
        return !isOf(scope) || (scope != null && scope.voidsFill(tags, sequence));
    }

    /** Returns the lease with at least {@code length} microseconds left from {@code now}, see {@code lease.lua}. */
    LocalLoadLease renewed(long now, long length) {
        long left = ends - Math.max(since, now);
        return ending(state, now, now + Math.max(left, length));
    }

    LocalLoadLease with(Filled result) {
        return new LocalLoadLease(owner, State.FILLED, granted, since, 0, epoch, sequence, ended, result);
    }

    /** Returns the released lease. A repeated release changes nothing. */
    LocalLoadLease released(long now, long hold) {
        return state == State.RELEASED ? this : ending(State.RELEASED, now, now + hold);
    }

    private LocalLoadLease ending(State next, long now, long end) {
        return new LocalLoadLease(owner, next, granted, now, end, epoch, sequence, ended, null);
    }

    LocalLoadLease voided() {
        return new LocalLoadLease(
                owner, State.VOID, granted, since, 0, epoch, sequence, withEnded(Reason.INVALIDATED), null);
    }

    /** Returns the state of the load for a caller that does not get the lease. */
    LoadState pending(long now) {
        var left = Duration.of(ends - now, ChronoUnit.MICROS);
        return state == State.RELEASED
                ? new LoadState.Held(MicroClock.instant(ends), left)
                : new LoadState.Loading(MicroClock.instant(ends), left);
    }

    LoadState leased() {
        return new LoadState.Leased(owner, MicroClock.instant(ends));
    }

    /** Returns how long the lease is stored. */
    Duration life(long now) {
        return REMEMBERED.plus(Duration.of(Math.max(ends - now, 0), ChronoUnit.MICROS));
    }
}
