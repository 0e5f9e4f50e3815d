// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.SlotRequest.Operation;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An undone charge frees its remaining weight, and not a microsecond more. */
class UndoneChargeTest {

    private static final long SECOND = 1_000_000;

    /** A unit is freed every six minutes. */
    private static final Limit TEN = Limit.of("ten", 10, 3600);

    private static final long UNIT = 360 * SECOND;

    private static final AlgorithmCache ALGORITHMS = new AlgorithmCache();

    private static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    /** Returns the numbers of the record. */
    private static final String RECORD =
            "local _, a, b, c = cmsgpack.unpack(redis.call('GET', KEYS[1])) return {a, b, c}";

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    private final String key = "gh:{test:" + UUID.randomUUID() + "}:rl:ten";

    @Test
    void aRecentChargeIsGivenBackAsAWhole() {
        charge(TEN, 3);
        var before = REDIS.cli("GET", key);
        var charged = charge(TEN, 4);

        assertThat(undo(charged)).isEqualTo("adjusted");
        assertThat(REDIS.cli("GET", key)).isEqualTo(before);
        assertThat((Long) REDIS.cli("PTTL", key)).isBetween(1L, 3 * UNIT / 1000);
        assertThat(charged.undone().record()).isEqualTo(charge(TEN, 0).record());
    }

    @Test
    void theRemainderIsGivenBack() {
        var seven = Limit.of("seven", 7, 3600);
        charge(seven, 2);
        var before = REDIS.cli("GET", key);

        undo(charge(seven, 3));

        assertThat(REDIS.cli("GET", key)).isEqualTo(before);
    }

    @Test
    void anUnusedLimitHasNoKey() {
        assertThat(undo(charge(TEN, 4))).isEqualTo("adjusted");

        assertThat(REDIS.cli("EXISTS", key)).isEqualTo(0L);
    }

    @Test
    void unitsEarnedBackAndSpentSinceAreNotGivenBackTwice() {
        // given five charged, three of them freed and eight charged by others
        var charged = charge(TEN, 5);
        NOW.addAndGet(3 * UNIT);
        assertThat(charge(TEN, 8).allowed()).isTrue();

        undo(charged);

        // then two are undone: without the five, eight of ten would be charged
        assertThat(remaining()).isEqualTo(2);
    }

    @Test
    void aChargeThatWasEarnedBackIsNotGivenBack() {
        var charged = charge(TEN, 5);
        NOW.addAndGet(5 * UNIT);
        charge(TEN, 10);

        assertThat(undo(charged)).isEqualTo("left");
        assertThat(remaining()).isZero();
        NOW.addAndGet(UNIT - 1);
        assertThat(undo(charged)).isEqualTo("left");
        assertThat(remaining()).isZero();
    }

    @Test
    void aChangedOrMissingLimitIsUnchanged() {
        var charged = charge(TEN, 5);
        charge(Limit.of("ten", 20, 3600), 1);
        var changed = REDIS.cli("GET", key);

        assertThat(undo(charged)).isEqualTo("left");
        assertThat(REDIS.cli("GET", key)).isEqualTo(changed);

        REDIS.cli("DEL", key);
        assertThat(undo(charged)).isEqualTo("left");
        assertThat(REDIS.cli("EXISTS", key)).isEqualTo(0L);
    }

    @Test
    void onlyTheChargedWindowGivesBack() {
        for (var limit : List.of(
                Limit.fixed("ten", 10, 3600),
                Limit.calendar("ten", 10, CalendarPeriod.HOUR, ZoneId.of("UTC")),
                Limit.sliding("ten", 10, 3600))) {
            REDIS.cli("DEL", key);
            charge(limit, 3);
            var before = REDIS.cli("EVAL", RECORD, "1", key);
            var charged = charge(limit, 4);
            assertThat(undo(charged)).isEqualTo("adjusted");
            assertThat(REDIS.cli("EVAL", RECORD, "1", key)).isEqualTo(before);

            var late = charge(limit, 4);
            NOW.addAndGet(3600 * SECOND);
            charge(limit, 1);
            var after = REDIS.cli("EVAL", RECORD, "1", key);
            assertThat(undo(late)).isEqualTo("left");
            assertThat(REDIS.cli("EVAL", RECORD, "1", key)).isEqualTo(after);
        }
    }

    private long remaining() {
        return charge(TEN, 0).decision().remaining();
    }

    private Outcome charge(Limit limit, long cost) {
        var charge = new LimitCharge(key, "tag", ALGORITHMS.get(limit), new ChargeTerms(cost, false, 0, 0), null);
        var request = new SlotRequest(Operation.CHECK_ALL, List.of(charge));
        return request.outcomes(run(request.at(NOW.get()))).getFirst();
    }

    private static Object undo(Outcome charged) {
        return run(SlotRequest.undoing(List.of(charged)).at(NOW.get())).text(1);
    }

    private static ScriptReply run(ScriptCall call) {
        var reply = REDIS.link()
                .run(call, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        return ((Answered<ScriptReply>) reply).value();
    }
}
