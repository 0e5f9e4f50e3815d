// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.validation.InvalidArgument;
import java.util.OptionalLong;

/**
 * A save or a merge of one state.
 *
 * @param fence the fence of the writer's claim; empty for a writer without one
 * @param value the new value; in a merge, the members to set, and with {@code null} as their value those to remove
 * @param merges whether the members that {@code value} does not name remain
 * @param ttlSeconds the remaining life from now, 1 to {@value #MAX_TTL_SECONDS}. If empty, a new state lives for
 *     the time that its store is configured with, {@value #DEFAULT_TTL_SECONDS} s by default, and an existing one keeps its
 *     end
 * @param saveId identifies this write, so that it can be repeated; 1 to {@value #MAX_SAVE_ID_LENGTH} visible ASCII characters
 */
public record StateWrite(
        StateKey key,
        Expectation expect,
        OptionalLong fence,
        StateValue value,
        boolean merges,
        OptionalLong ttlSeconds,
        String saveId) {

    /** 30 days. */
    public static final long MAX_TTL_SECONDS = 2_592_000;

    /** A day. */
    public static final long DEFAULT_TTL_SECONDS = 86_400;

    public static final int MAX_SAVE_ID_LENGTH = 128;

    public StateWrite {
        requireFence(fence);
        ttlSeconds.ifPresent(seconds -> InvalidArgument.requireRange("ttlSeconds", seconds, 1, MAX_TTL_SECONDS));
        InvalidArgument.requireVisible("saveId", saveId, 1, MAX_SAVE_ID_LENGTH);
    }

    /** Returns a save without a fence, with a random id. */
    public static StateWrite save(StateKey key, Expectation expect, StateValue value) {
        return new StateWrite(
                key, expect, OptionalLong.empty(), value, false, OptionalLong.empty(), RandomToken.next());
    }

    /** Returns a merge without a fence, with a random id. */
    public static StateWrite merge(StateKey key, Expectation expect, StateValue members) {
        return new StateWrite(
                key, expect, OptionalLong.empty(), members, true, OptionalLong.empty(), RandomToken.next());
    }

    public StateWrite withFence(long fence) {
        return new StateWrite(key, expect, OptionalLong.of(fence), value, merges, ttlSeconds, saveId);
    }

    public StateWrite withTtlSeconds(long seconds) {
        return new StateWrite(key, expect, fence, value, merges, OptionalLong.of(seconds), saveId);
    }

    public StateWrite withSaveId(String id) {
        return new StateWrite(key, expect, fence, value, merges, ttlSeconds, id);
    }

    static void requireFence(OptionalLong fence) {
        fence.ifPresent(number -> InvalidArgument.requireRange("fence", number, 1, Expectation.Version.MAX));
    }

    /** Returns the life in microseconds; 0 to keep the end of an existing state. */
    long ttlMicros() {
        return ttlSeconds.orElse(0) * 1_000_000;
    }

    /** Leaves out the value. */
    @Override
    public String toString() {
        return "StateWrite[…]";
    }
}
