// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.BatchOutcome.NoneSaved;
import dev.gatehouse.state.DeleteOutcome.Deleted;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StateInfo.Writer;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.state.WriteOutcome.TooLarge;
import dev.gatehouse.state.WriteOutcome.VersionMismatch;
import dev.gatehouse.state.WriteOutcome.WriterHeld;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of {@link StateStore}, for each store. */
abstract class StateContract extends StateCalls {

    private static final long START = 1_790_000_000 * SECOND;

    @BeforeEach
    void startClock() {
        clock().set(START);
    }

    @Test
    void aStateIsReadAsItWasSaved() {
        assertThat(read(A)).isEqualTo(new Unknown());
        var saved = saved(A, ABSENT, "{\"step\": 1}");

        assertThat(saved).isEqualTo(new Saved(START, in(0), in(0), in(86_400), true, false));
        var info = new StateInfo(START, in(0), in(0), in(86_400), Optional.empty());
        assertThat(read(A)).isEqualTo(new Found(info, StateValue.of("{\"step\":1}")));
        assertThat(read(A, OptionalLong.of(START))).isEqualTo(new Unchanged(info));
        assertThat(read(A, OptionalLong.of(START - 1))).isInstanceOf(Found.class);
    }

    @Test
    void aSaveReplacesTheValueAndKeepsTheEndUnlessItSetsAnother() {
        var first = saved(A, ABSENT, "{\"a\":1,\"b\":2}");
        pass(SECOND);
        var second = saved(A, Expectation.version(first.version()), "{\"b\":3}");

        assertThat(second).isEqualTo(new Saved(START + SECOND, in(-1), in(0), in(86_399), false, false));
        assertThat(value(A)).isEqualTo(Map.of("b", "3"));
        assertThat(write(StateWrite.save(A, ANY, StateValue.of("{}")).withTtlSeconds(5)))
                .isEqualTo(new Saved(START + SECOND + 1, in(-1), in(0), in(5), false, false));
        pass(5 * SECOND - 1);
        assertThat(read(A)).isInstanceOf(Found.class);
        pass(1);
        assertThat(read(A)).isEqualTo(new Unknown());
    }

    @Test
    void anotherVersionIsRefusedAndTheRefusalNamesIt() {
        var first = saved(A, ABSENT, "{}");
        var second = saved(A, Expectation.version(first.version()), "{\"x\":1}");

        var mismatch = new VersionMismatch(OptionalLong.of(second.version()));
        assertThat(save(A, Expectation.version(first.version()), "{}")).isEqualTo(mismatch);
        assertThat(save(A, ABSENT, "{}")).isEqualTo(mismatch);
        assertThat(delete(A, Expectation.version(first.version()), OptionalLong.empty()))
                .isEqualTo(mismatch);
        assertThat(value(A)).isEqualTo(Map.of("x", "1"));
        assertThat(save(StateKey.of("b"), Expectation.version(first.version()), "{}"))
                .as("an expected version never creates")
                .isEqualTo(new VersionMismatch(OptionalLong.empty()));
    }

    @Test
    void aVersionNeverReturnsAfterADeletionOrTheEndOrAStepBackOfTheClock() {
        var first = saved(A, ABSENT, "{}");
        delete(A, ANY, OptionalLong.empty());
        var second = saved(A, ABSENT, "{}");
        pass(-HOUR);
        delete(A, ANY, OptionalLong.empty());
        var third = saved(A, ABSENT, "{}");
        write(StateWrite.save(A, ANY, StateValue.of("{}")).withTtlSeconds(1));
        pass(SECOND);
        var last = saved(A, ABSENT, "{}");

        assertThat(List.of(second.version(), third.version(), last.version()))
                .isEqualTo(List.of(first.version() + 1, first.version() + 2, first.version() + 4));
    }

    @Test
    void anHourAfterItsEndARecordIsGone() {
        var claimed = claimed(A, "ada");
        write(StateWrite.save(A, ABSENT, StateValue.of("{}")).withTtlSeconds(1).withFence(claimed.fence()));
        pass(30 * SECOND + HOUR);
        assertThat(extend(A, claimed.fence(), 1)).isInstanceOf(Held.class);
        pass(SECOND + HOUR + 1);
        assertThat(extend(A, claimed.fence(), 1)).isEqualTo(new Lost<>());
        assertThat(release(A, claimed.fence())).isEqualTo(new Held<>(true));
        assertThat(write(StateWrite.save(A, ANY, StateValue.of("{}")).withFence(claimed.fence())))
                .isEqualTo(new WriterLost());
    }

    @Test
    void membersThatAMergeDoesNotNameKeepTheirBytes() {
        var members = new LinkedHashMap<>(Map.of(
                "list", "[ ]",
                "one", "1.0",
                "long", "12345678901234567890",
                "text", "\"\\u00e9\\/é\\ud83d\\ude00😀\"",
                "deep", "{ \"a\" : [ ] , \"b\":{}}",
                "é\"\\\n", "-0.0e+1",
                "gone", "null"));
        var json = new StateValue(members).json();
        saved(A, ABSENT, json);

        assertThat(write(StateWrite.merge(A, ANY, StateValue.of("{\"gone\":null,\"new\":[],\"one\":1.00}"))))
                .isInstanceOf(Saved.class);

        members.remove("gone");
        members.put("new", "[]");
        members.put("one", "1.00");
        assertThat(value(A)).isEqualTo(members);
    }

    @Test
    void aStateOfManyMembersIsSavedMergedAndReplaced() {
        var json = new StringBuilder("{");
        for (int i = 0; i < 15_000; i++) {
            json.append(i == 0 ? "" : ",").append('"').append(i).append("\":").append(i % 10);
        }
        saved(A, ABSENT, json.append('}').toString());
        assertThat(value(A)).hasSize(15_000);
        write(StateWrite.merge(A, ANY, StateValue.of(json.toString().replace(":5", ":null"))));
        assertThat(value(A)).hasSize(13_500);
        saved(A, ANY, "{\"a\":1}");
        assertThat(value(A)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void aMergeBeyondTheMaximumSizeIsRefused() {
        int length = StateValue.MAX_BYTES / 2 - 10;
        saved(A, ABSENT, "{\"a\":\"" + "x".repeat(length) + "\"}");
        assertThat(write(StateWrite.merge(A, ANY, StateValue.of("{\"b\":\"" + "y".repeat(length) + "\"}"))))
                .isInstanceOf(Saved.class);
        assertThat(write(StateWrite.merge(A, ANY, StateValue.of("{\"c\":\"0123456789\"}"))))
                .isEqualTo(new TooLarge());
        assertThat(write(StateWrite.merge(A, ANY, StateValue.of("{\"c\":\"0123456789\",\"b\":null}"))))
                .isInstanceOf(Saved.class);
    }

    @Test
    void aMergeIntoAnEndedStateBeginsWithoutItsMembers() {
        var large = StateValue.of("{\"a\":\"" + "x".repeat(StateValue.MAX_BYTES - 10) + "\"}");
        write(StateWrite.save(A, ABSENT, large).withTtlSeconds(1));
        pass(SECOND);
        assertThat(write(StateWrite.merge(A, ABSENT, StateValue.of("{\"bcd\":1234567890}"))))
                .isInstanceOfSatisfying(
                        Saved.class, saved -> assertThat(saved.created()).isTrue());
        assertThat(value(A)).isEqualTo(Map.of("bcd", "1234567890"));
    }

    @Test
    void aRepeatedWriteChangesNothingAndGetsTheFirstOutcome() {
        var write = StateWrite.save(A, ABSENT, StateValue.of("{\"a\":1}"));
        var first = ((Saved) write(write)).asRepeated();
        pass(SECOND);
        assertThat(write(write)).isEqualTo(first);
        var other = StateWrite.save(A, ANY, StateValue.of("{\"a\":9}")).withSaveId(write.saveId());
        assertThat(write(other)).as("with another value").isEqualTo(first);
        assertThat(value(A)).isEqualTo(Map.of("a", "1"));
        saved(A, ANY, "{\"a\":2}");
        claimed(A, "ada");
        assertThat(write(write)).as("after another write and a claim").isEqualTo(first);
        assertThat(value(A)).isEqualTo(Map.of("a", "2"));
        delete(A, ANY, OptionalLong.of(((Claimed) claims(claim(A, "ada", 30, false))).fence()));
        assertThat(write(write)).as("after a deletion").isEqualTo(first);
        assertThat(read(A)).isEqualTo(new Unknown());
    }

    @Test
    void theLastEightWritesAreRecognized() {
        var writes = IntStream.range(0, StateStore.REMEMBERED_WRITES)
                .mapToObj(_ -> StateWrite.save(A, ANY, StateValue.of("{}")))
                .toList();
        var outcomes = writes.stream()
                .map(write -> ((Saved) write(write)).asRepeated())
                .toList();

        assertThat(writes.stream().map(this::write).toList()).isEqualTo(outcomes);
    }

    @Test
    void aClaimReturnsTheStateAndKeepsOthersOut() {
        var saved = saved(A, ABSENT, "{\"a\":1}");
        var claimed = claimed(A, "ada");

        assertThat(claimed).isEqualTo(new Claimed(START, in(30), read(A)));
        var writer = new Writer("by-ada", in(30));
        assertThat(((Found) read(A)).info().writer()).contains(writer);
        var held = new WriterHeld(writer, Duration.ofSeconds(30));
        assertThat(claims(claim(A, "grace", 30, false))).isEqualTo(held);
        assertThat(save(A, ANY, "{}")).isEqualTo(held);
        assertThat(delete(A, ANY, OptionalLong.empty())).isEqualTo(held);
        assertThat(write(StateWrite.save(A, Expectation.version(saved.version()), StateValue.of("{}"))
                        .withFence(claimed.fence())))
                .isInstanceOf(Saved.class);
        assertThat(claims(claim(StateKey.of("b"), "grace", 30, false)))
                .as("of another state")
                .isEqualTo(new Claimed(START, in(30), new Unknown()));
    }

    @Test
    void theOwnerGetsTheSameFenceAgainUntilItReleasesIt() {
        var first = claimed(A, "ada");
        pass(40 * SECOND);
        assertThat(claimed(A, "ada")).isEqualTo(new Claimed(first.fence(), in(30), new Unknown()));
        assertThat(release(A, first.fence())).isEqualTo(new Held<>(true));
        assertThat(release(A, first.fence())).isEqualTo(new Held<>(true));
        assertThat(extend(A, first.fence(), 1)).isEqualTo(new Lost<>());
        assertThat(claimed(A, "ada").fence()).isGreaterThan(first.fence());
    }

    @Test
    void aFrozenWriterIsRefusedByItsFenceWhateverVersionItExpects() {
        var frozen = claimed(A, "ada");
        var write = StateWrite.save(A, ABSENT, StateValue.of("{\"by\":1}")).withFence(frozen.fence());
        assertThat(write(write)).isInstanceOf(Saved.class);
        pass(31 * SECOND);
        var next = claimed(A, "grace");
        assertThat(next.fence()).isGreaterThan(frozen.fence());
        release(A, next.fence());

        var version = ((Found) read(A)).info().version();
        for (var expect : List.of(ABSENT, ANY, Expectation.version(version), Expectation.version(1))) {
            var fence = OptionalLong.of(frozen.fence());
            assertThat(write(StateWrite.save(A, expect, StateValue.of("{}")).withFence(frozen.fence())))
                    .isEqualTo(new WriterLost());
            assertThat(write(StateWrite.merge(A, expect, StateValue.of("{}")).withFence(frozen.fence())))
                    .isEqualTo(new WriterLost());
            assertThat(delete(A, expect, fence)).isEqualTo(new WriterLost());
        }
        assertThat(write(write)).as("repeated").isEqualTo(new WriterLost());
        assertThat(extend(A, frozen.fence(), 60)).isEqualTo(new Lost<>());
        assertThat(release(A, frozen.fence())).isEqualTo(new Lost<>());
        assertThat(value(A)).isEqualTo(Map.of("by", "1"));
    }

    @Test
    void aClaimWhoseLeaseHasEndedStillWritesUntilAnotherIsGranted() {
        var ada = claimed(A, "ada");
        pass(60 * SECOND);
        assertThat(write(StateWrite.save(A, ABSENT, StateValue.of("{}")).withFence(ada.fence())))
                .isInstanceOf(Saved.class);
        assertThat(save(A, ANY, "{}")).as("others, too").isInstanceOf(Saved.class);
        assertThat(extend(A, ada.fence(), 10)).isEqualTo(new Held<>(in(10)));
        assertThat(claims(claim(A, "grace", 10, false))).isInstanceOf(WriterHeld.class);
        var grace = (Claimed) claims(claim(A, "grace", 10, true));
        assertThat(grace.fence()).isGreaterThan(ada.fence());
        assertThat(extend(A, ada.fence(), 10)).isEqualTo(new Lost<>());
    }

    @Test
    void aFenceThatWasNeverGrantedHereWritesNothing() {
        assertThat(write(StateWrite.save(A, ANY, StateValue.of("{}")).withFence(START)))
                .isEqualTo(new WriterLost());
        claimed(A, "ada");
        assertThat(write(StateWrite.save(A, ANY, StateValue.of("{}")).withFence(START + 1)))
                .isEqualTo(new WriterLost());
    }

    @Test
    void anExtensionNeverShortensTheLease() {
        var ada = claimed(A, "ada");
        assertThat(extend(A, ada.fence(), 10)).isEqualTo(new Held<>(in(30)));
        assertThat(extend(A, ada.fence(), 50)).isEqualTo(new Held<>(in(50)));
    }

    @Test
    void aLeaseLastsAtMostOneLengthMoreWhenTheClockStepsBack() {
        claimed(A, "ada");
        pass(-HOUR);
        assertThat(claims(claim(A, "grace", 30, false)))
                .isEqualTo(new WriterHeld(new Writer("by-ada", in(30)), Duration.ofSeconds(30)));
        pass(30 * SECOND);
        assertThat(claimed(A, "grace").fence()).isEqualTo(START + 1);
    }

    @Test
    void stepsBackBetweenExtensionsDoNotAddUp() {
        var fence = claimed(A, "ada").fence();
        for (int n = 0; n < 10; n++) {
            pass(-20 * SECOND);
            assertThat(extend(A, fence, 10)).isEqualTo(new Held<>(in(30)));
            assertThat(((Claimed) claims(claim(A, "ada", 10, false))).leaseEnds())
                    .isEqualTo(in(30));
        }
        pass(30 * SECOND);
        assertThat(claims(claim(A, "grace", 10, false))).isInstanceOf(Claimed.class);
    }

    @Test
    void deletingCanBeRepeated() {
        saved(A, ABSENT, "{}");
        assertThat(delete(A, ANY, OptionalLong.empty())).isEqualTo(new Deleted());
        assertThat(delete(A, Expectation.version(5), OptionalLong.empty())).isEqualTo(new Deleted());
        assertThat(read(A)).isEqualTo(new Unknown());
    }

    @Test
    void aBatchTakesEffectAsAWholeOrNotAtAll() {
        var one = StateWrite.save(StateKey.of("g", "1"), ABSENT, StateValue.of("{\"n\":1}"));
        var two = StateWrite.save(StateKey.of("g", "2"), ABSENT, StateValue.of("{\"n\":2}"));
        var stale = StateWrite.save(StateKey.of("g", "3"), Expectation.version(1), StateValue.of("{}"));

        assertThat(writeAll(one, stale, two)).isEqualTo(new NoneSaved(1, new VersionMismatch(OptionalLong.empty())));
        assertThat(read(one.key())).isEqualTo(new Unknown());
        var outcome = writeAll(one, two);
        assertThat(outcome).isInstanceOfSatisfying(AllSaved.class, all -> assertThat(all.saved())
                .hasSize(2));
        var repeated =
                ((AllSaved) outcome).saved().stream().map(Saved::asRepeated).toList();
        pass(SECOND);
        assertThat(writeAll(one, two)).as("repeated").isEqualTo(new AllSaved(repeated));
        assertThatThrownBy(() -> writeAll(one, one)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> writeAll(one, StateWrite.save(A, ANY, StateValue.of("{}"))))
                .isInstanceOf(InvalidArgument.class);
    }

    @Test
    void aGroupIsListedLatestSaveFirst() {
        for (int i = 0; i < 5; i++) {
            saved(StateKey.of("g", "id" + i), ABSENT, "{}");
            pass(i % 2 * SECOND); // Some have the same version.
        }
        saved(StateKey.of("other", "id9"), ABSENT, "{}");
        claimed(StateKey.of("g", "id3"), "ada");
        delete(StateKey.of("g", "id2"), ANY, OptionalLong.empty());
        write(StateWrite.save(StateKey.of("g", "id0"), ANY, StateValue.of("{}")).withTtlSeconds(9));

        var all = list("g", 100, Optional.empty());
        assertThat(all.states()).extracting(StatePage.Entry::id).containsExactly("id4", "id0", "id3", "id1");
        assertThat(all.states().get(2).info().writer()).contains(new Writer("by-ada", in(30)));
        assertThat(all.next()).isEmpty();
        var paged = new ArrayList<String>();
        var page = list("g", 1, Optional.empty());
        while (!page.states().isEmpty()) {
            page.states().forEach(state -> paged.add(state.id()));
            page = list("g", 1, page.next().map(next -> StatePage.Cursor.parse(next.text())));
        }
        assertThat(paged).containsExactly("id4", "id0", "id3", "id1");
        pass(9 * SECOND);
        assertThat(list("g", 100, Optional.empty()).states())
                .extracting(StatePage.Entry::id)
                .containsExactly("id4", "id3", "id1");
    }

    @Test
    void tenantsAndGroupsAreSeparate() {
        saved(A, ABSENT, "{}");
        claimed(A, "ada");
        assertThat(saved(StateKey.of("g", "a"), ABSENT, "{}").created()).isTrue();
        assertThat(decided(states().read("other-" + tenant, A, OptionalLong.empty(), patience())))
                .isEqualTo(new Unknown());
    }

    @Test
    @DeepTest
    void ofManyThreadsThatExpectOneVersionExactlyOneSaves() throws Exception {
        for (int round = 0; round < Rounds.of(5, 200); round++) {
            var key = StateKey.of("race-" + round);
            var base = Expectation.version(saved(key, ABSENT, "{}").version());
            var outcomes = new ConcurrentLinkedQueue<WriteOutcome>();

            Threads.together(64, thread -> outcomes.add(save(key, base, "{\"by\":" + thread + "}")));

            var winners = outcomes.stream().filter(Saved.class::isInstance).toList();
            assertThat(winners).hasSize(1);
            var version = ((Saved) winners.getFirst()).version();
            assertThat(outcomes)
                    .filteredOn(outcome -> !(outcome instanceof Saved))
                    .hasSize(63)
                    .allMatch(new VersionMismatch(OptionalLong.of(version))::equals);
        }
    }

    final Map<String, String> value(StateKey key) {
        return ((Found) read(key)).value().members();
    }
}
