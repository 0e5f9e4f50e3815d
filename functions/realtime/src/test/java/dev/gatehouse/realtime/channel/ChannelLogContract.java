// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.channel.PublishOutcome.TooManyRecipients;
import dev.gatehouse.realtime.presence.EnterRequest;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tests the contract of {@link ChannelLog}. The clock moves only when a test advances it. */
@ResourceLock("ChannelLogContract") // Its classes share the clock.
abstract class ChannelLogContract {

    static final long SECOND = 1_000_000;

    /** The time in microseconds, for the logs of all tests. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    static final ChannelName ROOM = new ChannelName("room");

    /** Differs between tests, so that they are isolated. */
    final String tenant = "tenant-" + UUID.randomUUID();

    abstract ChannelLog log();

    /** The members of the same channels. */
    abstract PresenceStore presence();

    abstract Decision.Source source();

    @Test
    void aReaderGetsEachEventOnceAndInOrder() {
        var start = end();
        publish("a");
        publish("b");
        publish("c");

        var first = catchUp(start, 2);
        assertThat(first.events()).extracting(ChannelEvent::data).containsExactly("\"a\"", "\"b\"");
        assertThat(first.more()).isTrue();
        var second = catchUp(first.at(), 2);
        assertThat(second.events()).extracting(ChannelEvent::data).containsExactly("\"c\"");
        assertThat(second.more()).isFalse();
        assertThat(catchUp(second.at(), 2)).isEqualTo(new CatchUp(true, List.of(), second.at(), false));
    }

    @Test
    void anEventIsReadAsItWasPublished() {
        var start = end();
        var at = published(Publication.of("order.paid", "{ \"né\": 1.00 }").withId("order-1"))
                .at();

        assertThat(catchUp(start, 1).events())
                .containsExactly(new ChannelEvent(
                        at,
                        "order-1",
                        "order.paid",
                        "{ \"né\": 1.00 }",
                        MicroClock.instant(NOW.get()),
                        Optional.empty()));
        published(Publication.of("e", "1").from("ada"));
        assertThat(catchUp(at, 1).events()).extracting(ChannelEvent::from).containsExactly(Optional.of("ada"));
    }

    @Test
    void aReaderWithoutAPositionBeginsAfterTheLastEvent() {
        publish("a");
        var end = catchUp(Optional.empty(), 10);
        assertThat(end.events()).isEmpty();
        assertThat(end.recovered()).isTrue();
        publish("b");
        assertThat(catchUp(end.at(), 10).events())
                .extracting(ChannelEvent::data)
                .containsExactly("\"b\"");
    }

    @Test
    void offsetsGrowByOne() {
        long before = end().offset();
        for (int n = 1; n < 5; n++) {
            assertThat(publish("n").offset()).isEqualTo(before + n);
        }
    }

    @Test
    void anIdIsPublishedOnceWhileItsEventIsKept() {
        var start = end();
        var publication = Publication.of("e", "1").withId("once").keeping(new Keep(3, 60));
        var first = published(publication);
        assertThat(first.repeated()).isFalse();
        assertThat(published(publication)).isEqualTo(new Published(first.at(), true, List.of()));
        assertThat(catchUp(start, 10).events()).hasSize(1);

        for (int n = 0; n < 4; n++) {
            published(Publication.of("e", "2").keeping(new Keep(3, 60)));
        }
        assertThat(published(publication).repeated()).isFalse();
    }

    @Test
    void aReaderThatMissedDroppedEventsIsNotRecovered() {
        var start = end();
        var positions = new ArrayList<Position>();
        for (int n = 0; n < 6; n++) {
            positions.add(published(Publication.of("e", "" + n).keeping(new Keep(3, 60)))
                    .at());
        }

        assertThat(catchUp(positions.get(2), 10).events())
                .extracting(ChannelEvent::data)
                .containsExactly("3", "4", "5");
        for (var lost : List.of(start, positions.get(0), positions.get(1))) {
            assertThat(catchUp(lost, 10)).isEqualTo(new CatchUp(false, List.of(), positions.get(5), false));
        }
    }

    @Test
    void aSmallerKeepDropsMore() {
        var start = end();
        for (int n = 0; n < 50; n++) {
            publish("n");
        }
        var last = published(Publication.of("e", "1").keeping(new Keep(1, 60))).at();
        assertThat(catchUp(start, 10).recovered()).isFalse();
        assertThat(catchUp(new Position(last.offset() - 1, last.nonce()), 10).recovered())
                .isFalse();
    }

    @Test
    void aPublicationThatKeepsAsBeforeTrimsNothingMore() {
        var start = end();
        for (int n = 0; n < 150; n++) {
            published(Publication.of("e", "1").keeping(new Keep(200, 60)));
        }
        published(Publication.of("e", "2").keepingAsBefore());
        assertThat(catchUp(start, 100).recovered()).isTrue();
        for (int n = 0; n < 50; n++) {
            published(Publication.of("e", "2").keepingAsBefore());
        }
        assertThat(catchUp(start, 100).recovered()).as("200 are kept").isFalse();
    }

    @Test
    void aPositionOfAnotherLogIsNotValid() {
        var start = end();
        publish("a");
        var foreign = new Position(start.offset(), "x".repeat(22));
        assertThat(catchUp(foreign, 10).recovered()).isFalse();
        assertThat(catchUp(new Position(999, start.nonce()), 10).recovered()).isFalse();
    }

    @Test
    void liveConnectionsAreReturnedButTheExcludedOne() {
        enter("ada", "1", 60);
        enter("ada", "2", 10);
        enter("grace", "3", 60);

        var publication = Publication.of("e", "1").toRecipients("3");
        assertThat(published(publication).recipients())
                .extracting(MemberConnection::connectionId)
                .containsExactlyInAnyOrder("1", "2");
        assertThat(published(publication).recipients())
                .extracting(MemberConnection::connectionId)
                .containsExactlyInAnyOrder("1", "2");
        NOW.addAndGet(10 * SECOND);
        assertThat(published(Publication.of("e", "1").toRecipients("")).recipients())
                .containsExactlyInAnyOrder(new MemberConnection("ada", "1"), new MemberConnection("grace", "3"));
        assertThat(published(Publication.of("e", "1")).recipients()).isEmpty();
    }

    @Test
    void tooManyConnectionsPreventThePublication() {
        var start = end();
        for (int user = 0; user < 11; user++) {
            for (int connection = 0; connection < 100; connection++) {
                enter("user-" + user, user + "-" + connection, user == 0 ? 10 : 60);
            }
        }
        var publication = Publication.of("e", "1").toRecipients("");
        assertThat(now(log().publish(tenant, ROOM, publication, budget()))).isEqualTo(new TooManyRecipients(1100));
        assertThat(catchUp(start, 10).events()).isEmpty();
        NOW.addAndGet(10 * SECOND);
        assertThat(published(publication).recipients()).hasSize(1000);
    }

    @Test
    void tenantsAndChannelsAreSeparate() {
        publish("a");
        for (var other : List.of(
                now(log().catchUp(tenant + "-2", ROOM, Optional.empty(), 10, budget())),
                now(log().catchUp(tenant, new ChannelName("other"), Optional.empty(), 10, budget())))) {
            assertThat(other.at().offset()).isEqualTo(1);
        }
    }

    @Test
    void boundsAreChecked() {
        assertThatThrownBy(() -> Publication.of("", "1")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> Publication.of("e", "")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> Publication.of("e", "\ud800")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> Publication.of("e", "é".repeat(16_385))).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> Publication.of("e", "1").withId("a b")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new Keep(0, 60)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new Keep(1001, 60)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> new Keep(1, 86_401)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> catchUp(Optional.empty(), 101)).isInstanceOf(InvalidArgument.class);
        for (var text : List.of("", "1", "0-" + "x".repeat(22), "1-", "1-" + "x".repeat(23), "-1-" + "x".repeat(22))) {
            assertThatThrownBy(() -> Position.of(text)).isInstanceOf(InvalidArgument.class);
        }
        var position = end();
        assertThat(Position.of(position.text())).isEqualTo(position);
    }

    @Test
    void anIdThatManyThreadsPublishIsOneEvent() throws Exception {
        for (int round = 0; round < Rounds.of(3, 50); round++) {
            var start = end();
            var publication = Publication.of("e", "1").withId("round-" + round);
            var outcomes = new ConcurrentLinkedQueue<Published>();
            Threads.together(64, _ -> outcomes.add(published(publication)));

            assertThat(outcomes).filteredOn(outcome -> !outcome.repeated()).hasSize(1);
            assertThat(outcomes.stream().map(Published::at).distinct()).hasSize(1);
            assertThat(catchUp(start, 10).events()).hasSize(1);
        }
    }

    @Test
    void readersFollowManyPublishers() throws Exception {
        int each = Rounds.of(50, 1000);
        var start = end();
        var read = new ConcurrentLinkedQueue<List<String>>();
        Threads.together(8, thread -> {
            if (thread < 4) {
                for (int n = 0; n < each; n++) {
                    published(Publication.of("e", "1").withId(thread + "-" + n).keeping(new Keep(1000, 60)));
                }
                return;
            }
            var ids = new ArrayList<String>();
            var at = start;
            while (ids.size() < 4 * each) {
                var next = catchUp(at, 1 + thread);
                if (!next.recovered()) {
                    return; // The publishers were too fast for this reader, which must not miss events silently.
                }
                next.events().forEach(event -> ids.add(event.id()));
                at = next.at();
            }
            read.add(ids);
        });
        assertThat(read).allSatisfy(ids -> {
            assertThat(ids).hasSize(4 * each).doesNotHaveDuplicates();
            for (int thread = 0; thread < 4; thread++) {
                var prefix = thread + "-";
                assertThat(ids.stream().filter(id -> id.startsWith(prefix)).toList())
                        .isEqualTo(IntStream.range(0, each)
                                .mapToObj(n -> prefix + n)
                                .toList());
            }
        });
        assertThat(read).isNotEmpty();
        assertThat(read.stream().distinct()).hasSize(1);
    }

    final void enter(String user, String connection, long seconds) {
        now(presence()
                .enter(
                        tenant,
                        ROOM,
                        EnterRequest.of(new MemberConnection(user, connection), seconds, Optional.empty()),
                        budget()));
    }

    final Position publish(String text) {
        return published(Publication.of("e", "\"" + text + "\"")).at();
    }

    final Published published(Publication publication) {
        return (Published) now(log().publish(tenant, ROOM, publication, budget()));
    }

    /** Returns the position of the last event. */
    final Position end() {
        return catchUp(Optional.empty(), 1).at();
    }

    final CatchUp catchUp(Position since, int limit) {
        return catchUp(Optional.of(since), limit);
    }

    final CatchUp catchUp(Optional<Position> since, int limit) {
        return now(log().catchUp(tenant, ROOM, since, limit, budget()));
    }

    <T> T now(CompletionStage<Decision<T>> stage) {
        var decision =
                stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        assertThat(decision).isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.source())
                .isEqualTo(source()));
        return ((Decided<T>) decision).value();
    }

    static Deadline budget() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
