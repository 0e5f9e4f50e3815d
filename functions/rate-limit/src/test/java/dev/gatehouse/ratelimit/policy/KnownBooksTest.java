package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which readings there are and what is made of them, in orders that a server gives too seldom. */
class KnownBooksTest {

    private static final Limit STRICT = Limit.of("api", 10, 60);
    private static final Limit GENEROUS = Limit.of("api", 1_000, 60);
    private static final StoredBook STRICT_BOOK = book("1", STRICT);
    private static final StoredBook GENEROUS_BOOK = book("2", GENEROUS);

    /** Answers when the test has it answer. */
    private static final class SlowShelf implements KnownBooks.Shelf {

        record Asked(
                String tenant,
                @Nullable StoredBook known,
                Deadline deadline,
                CompletableFuture<Decision<StoredBook>> answer) {

            void answer(StoredBook book) {
                answer.complete(new Decided<>(book, Source.REDIS));
            }

            void fail() {
                answer.complete(new Unavailable<>(Duration.ofSeconds(1)));
            }
        }

        final ConcurrentLinkedQueue<Asked> asked = new ConcurrentLinkedQueue<>();

        @Override
        public CompletionStage<Decision<StoredBook>> read(
                String tenant, @Nullable StoredBook known, Deadline deadline) {
            var question = new Asked(tenant, known, deadline, new CompletableFuture<>());
            asked.add(question);
            return question.answer;
        }

        Asked only() {
            assertThat(asked).hasSize(1);
            return asked.remove();
        }
    }

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 3_000_000_000L); // It wraps.
    private final SlowShelf shelf = new SlowShelf();
    private final KnownBooks books = new KnownBooks(shelf, now::get, Duration.ofSeconds(7));
    private final AtomicInteger changes = new AtomicInteger();

    KnownBooksTest() {
        books.onChange(changes::incrementAndGet);
    }

    @Test
    void aYoungBookIsNotReadAgain() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(5).minusNanos(1));

        assertThat(answered(ask())).isEqualTo(decided(STRICT, Source.REDIS));
        assertThat(shelf.asked).isEmpty();
    }

    @Test
    void aBookIsAsOldAsTheQuestionForIt() {
        var answer = ask();
        pass(Duration.ofSeconds(5));
        shelf.only().answer(STRICT_BOOK);
        assertThat(answered(answer)).isEqualTo(decided(STRICT, Source.REDIS));

        ask();
        assertThat(shelf.asked).hasSize(1);
    }

    @Test
    void aBookThatIsDueIsUsedWhileItIsRead() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(5));

        assertThat(answered(ask())).isEqualTo(decided(STRICT, Source.REDIS));
        assertThat(answered(ask())).isEqualTo(decided(STRICT, Source.REDIS));
        var reading = shelf.only();
        assertThat(reading.known()).isEqualTo(STRICT_BOOK);
        assertThat(Duration.ofNanos(reading.deadline().remainingNanos()))
                .as("not the asker's deadline")
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(7));

        reading.answer(GENEROUS_BOOK);
        assertThat(answered(ask())).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(shelf.asked).isEmpty();
    }

    @Test
    void anOldBookIsNotUsedBeforeItIsRead() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(10));

        var answer = ask();
        assertThat(answer).isNotDone();
        shelf.only().answer(GENEROUS_BOOK);
        assertThat(answered(answer)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void whoeverComesTooLateForTheBackgroundWaitsForTheSameReading() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(5));
        ask();
        pass(Duration.ofSeconds(5));

        var answer = ask();
        assertThat(answer).isNotDone();
        shelf.only().answer(GENEROUS_BOOK);
        assertThat(answered(answer)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void ofManyThreadsThatAskAtOnceOneReads() throws Exception {
        for (int round = 0; round < 50; round++) {
            pass(Duration.ofSeconds(10));
            var answers = new ConcurrentLinkedQueue<CompletableFuture<Decision<PolicySnapshot>>>();
            var reader = new AtomicInteger();
            PoliciesContract.together(8, thread -> {
                answers.add(ask());
                // Whoever comes last finds it read, whoever comes later need not read again.
                if (reader.incrementAndGet() == 4) {
                    await().until(() -> !shelf.asked.isEmpty());
                    shelf.asked.element().answer(STRICT_BOOK);
                }
            });
            shelf.only();
            assertThat(answers).hasSize(8).allSatisfy(answer -> assertThat(answered(answer))
                    .isEqualTo(decided(STRICT, Source.REDIS)));
        }
    }

    @Test
    void anOldBookGoesOnBeingUsedWhenItCannotBeRead() {
        know(STRICT_BOOK);
        for (var age : List.of(Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofDays(30))) {
            pass(age);
            var answer = ask();
            shelf.only().fail();
            assertThat(answered(answer)).isEqualTo(decided(STRICT, Source.LOCAL));
        }
        var answer = ask();
        shelf.only().answer(GENEROUS_BOOK);
        assertThat(answered(answer)).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(answered(ask())).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(shelf.asked).isEmpty();
    }

    @Test
    void aBookThatIsDueAndCannotBeReadIsStillRedisesWord() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(9));
        ask();
        shelf.only().fail();

        assertThat(answered(ask())).isEqualTo(decided(STRICT, Source.REDIS));
        shelf.only().answer(GENEROUS_BOOK);
        assertThat(answered(ask())).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void anUnknownBookThatCannotBeReadIsUnavailable() {
        var answer = ask();
        shelf.only().fail();
        assertThat(answered(answer)).isInstanceOf(Unavailable.class);

        ask();
        assertThat(shelf.asked).as("asked again").hasSize(1);
    }

    @Test
    void whoHasLessTimeThanTheReadingDoesNotWaitForIt() {
        var patient = ask();
        var hasty = ask(Duration.ofMillis(50));
        assertThat(answered(hasty)).isInstanceOf(Unavailable.class);
        assertThat(patient).isNotDone();
        shelf.only().answer(STRICT_BOOK);
        assertThat(answered(patient)).isEqualTo(decided(STRICT, Source.REDIS));

        pass(Duration.ofSeconds(10));
        patient = ask();
        assertThat(answered(ask(Duration.ofMillis(50)))).isEqualTo(decided(STRICT, Source.LOCAL));
        assertThat(answered(ask(Duration.ZERO))).isEqualTo(decided(STRICT, Source.LOCAL));
        assertThat(patient).isNotDone();
        shelf.only();
    }

    @Test
    void aReadingThatBeganBeforeAWriteIsNotForThoseWhoAskAfterIt() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(10));
        var before = ask();
        var early = shelf.only();

        books.written("tenant", book -> book.with(GENEROUS));
        var after = ask();
        var late = shelf.only();

        late.answer(GENEROUS_BOOK);
        assertThat(answered(after)).isEqualTo(decided(GENEROUS, Source.REDIS));
        early.answer(STRICT_BOOK);
        assertThat(answered(before)).isEqualTo(decided(STRICT, Source.REDIS));
        assertThat(answered(ask())).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(shelf.asked).isEmpty();
    }

    @Test
    void aReadingThatEndsAfterAWriteDoesNotHideIt() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(5));
        ask();
        var early = shelf.only();
        books.written("tenant", book -> book.with(GENEROUS));
        early.answer(STRICT_BOOK);

        var after = ask();
        assertThat(after).isNotDone();
        shelf.only().fail();
        assertThat(answered(after)).as("what was written is known").isEqualTo(decided(GENEROUS, Source.LOCAL));
    }

    @Test
    void aReadingDuringWhichTheProcessWasFrozenIsNotForThoseWhoAskAfterwards() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(5));
        ask();
        var frozen = shelf.only();
        pass(Duration.ofHours(1));

        var after = ask();
        var reading = shelf.only();
        frozen.answer(STRICT_BOOK);
        assertThat(after).isNotDone();
        reading.answer(GENEROUS_BOOK);
        assertThat(answered(after)).isEqualTo(decided(GENEROUS, Source.REDIS));
        assertThat(answered(ask())).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void aFirstReadingThatAWriteOvertookIsRepeated() {
        var before = ask();
        books.written("tenant", book -> book.with(GENEROUS));
        var after = ask();
        assertThat(shelf.asked).hasSize(2);

        shelf.asked.remove().answer(book("0"));
        assertThat(answered(before)).isInstanceOf(Decided.class);
        assertThat(after).isNotDone();
        shelf.only().answer(GENEROUS_BOOK);
        assertThat(answered(after)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void aReadingThatFailsInAnUnforeseenWayDoesNotKeepOthersWaiting() {
        know(STRICT_BOOK);
        pass(Duration.ofSeconds(10));
        var first = ask();
        shelf.only().answer().completeExceptionally(new IllegalStateException("a fault of the program"));
        assertThat(first).isCompletedExceptionally();

        var second = ask();
        shelf.only().answer(GENEROUS_BOOK);
        assertThat(answered(second)).isEqualTo(decided(GENEROUS, Source.REDIS));
    }

    @Test
    void aChangeIsToldOnceAndBeforeTheNewBook() {
        know(STRICT_BOOK);
        assertThat(changes).as("nothing was known before").hasValue(0);
        pass(Duration.ofSeconds(10));
        ask();
        shelf.only().answer(STRICT_BOOK);
        assertThat(changes).as("the same").hasValue(0);

        pass(Duration.ofSeconds(10));
        var seen = new ArrayList<Integer>();
        ask().thenAccept(_ -> seen.add(changes.get()));
        shelf.only().answer(GENEROUS_BOOK);
        assertThat(seen).containsExactly(1);

        books.written("stranger", book -> book);
        assertThat(changes).as("nothing is known of it").hasValue(1);
    }

    @Test
    void ofTooManyTenantsTheOneNotReadForTheLongestIsForgotten() {
        for (int n = 0; n < KnownBooks.MAX_TENANTS; n++) {
            pass(Duration.ofNanos(1));
            books.ask("t" + n, Deadline.in(Duration.ofSeconds(20)));
            shelf.only().answer(STRICT_BOOK);
        }
        pass(Duration.ofSeconds(6));
        books.ask("t0", Deadline.in(Duration.ofSeconds(20)));
        shelf.only().answer(STRICT_BOOK);

        books.ask("another", Deadline.in(Duration.ofSeconds(20)));
        shelf.only().answer(STRICT_BOOK);

        for (var known : List.of("another", "t0")) {
            books.ask(known, Deadline.in(Duration.ofSeconds(20)));
            assertThat(shelf.asked).as(known).isEmpty();
        }
        books.ask("t2", Deadline.in(Duration.ofSeconds(20)));
        assertThat(shelf.only().known()).isEqualTo(STRICT_BOOK);
        books.ask("t1", Deadline.in(Duration.ofSeconds(20)));
        assertThat(shelf.only().known()).isNull();
    }

    @Test
    void aTenantWhoseBookCannotBeReadTakesTheLeastThatIsKnown() {
        for (int n = 0; n < KnownBooks.MAX_TENANTS; n++) {
            pass(Duration.ofNanos(1));
            books.ask("t" + n, Deadline.in(Duration.ofSeconds(20)));
            shelf.only().answer(STRICT_BOOK);
        }
        for (var stranger : List.of("x", "y", "z")) {
            books.ask(stranger, Deadline.in(Duration.ofSeconds(20)));
            shelf.only().fail();
        }
        for (int n = 1; n < KnownBooks.MAX_TENANTS; n++) {
            books.ask("t" + n, Deadline.in(Duration.ofSeconds(20)));
        }
        assertThat(shelf.asked).as("all but the first are known still").isEmpty();
    }

    private void know(StoredBook book) {
        ask();
        shelf.only().answer(book);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private CompletableFuture<Decision<PolicySnapshot>> ask() {
        return ask(Duration.ofSeconds(20));
    }

    private CompletableFuture<Decision<PolicySnapshot>> ask(Duration budget) {
        return books.ask("tenant", Deadline.in(budget)).toCompletableFuture();
    }

    /** What applies, and who says so; or that nobody does. */
    private static Decision<Limit> answered(CompletableFuture<Decision<PolicySnapshot>> answer) {
        return answer.join().map(book -> book.limitFor("api", "a"));
    }

    private static Decision<Limit> decided(Limit limit, Source source) {
        return new Decided<>(limit, source);
    }

    private static StoredBook book(String version, Limit... policies) {
        return new StoredBook(version, PolicySnapshot.of(List.of(policies), Map.of()), Set.of());
    }
}
