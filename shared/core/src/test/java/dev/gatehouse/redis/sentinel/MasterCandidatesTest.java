// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.config.RedisSettings.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class MasterCandidatesTest {

    private static final Node A = new Node("sentinel-a", 26379);
    private static final Node B = new Node("sentinel-b", 26379);
    private static final Node C = new Node("sentinel-c", 26379);
    private static final Node OLD = new Node("old", 6379);
    private static final Node NEW = new Node("new", 6379);

    private Node suspected;
    private final MasterCandidates candidates =
            new MasterCandidates(List.of(A, B, C), "gatehouse", node -> node.equals(suspected));

    private void reports(Node sentinel, Node master) {
        candidates.add(SentinelReply.of(sentinel, master));
    }

    private void fails(Node sentinel) {
        candidates.add(SentinelReply.failed(sentinel, "the connection was refused"));
    }

    @Test
    void triesAnAddressOnceAMajorityReportsIt() {
        reports(A, NEW);
        assertThat(candidates.next()).isNull();
        reports(C, NEW);
        assertThat(candidates.next()).isEqualTo(NEW);
    }

    @Test
    void triesTheAddressOfOneSentinelIfTheOthersFail() {
        reports(A, NEW);
        fails(B);
        assertThat(candidates.next()).isNull();
        fails(C);
        assertThat(candidates.next()).isEqualTo(NEW);
    }

    @Test
    void triesASuspectedAddressLast() {
        suspected = OLD;
        reports(A, OLD);
        reports(B, OLD);
        assertThat(candidates.next()).as("while a Sentinel has not replied").isNull();
        reports(C, NEW);
        assertThat(candidates.next()).isEqualTo(NEW);
        candidates.reject(NEW, "it is a replica");
        assertThat(candidates.next()).isEqualTo(OLD);
        candidates.reject(OLD, "the connection was refused");
        assertThat(candidates.next()).isNull();
    }

    @Test
    void triesTheAddressWithMoreReportsFirst() {
        reports(A, OLD);
        reports(B, NEW);
        reports(C, NEW);
        assertThat(candidates.next()).isEqualTo(NEW);
        candidates.reject(NEW, "it is a replica");
        assertThat(candidates.next()).isEqualTo(OLD);
    }

    @Test
    void aSecondQueryTriesNewAddressesOnly() {
        reports(A, OLD);
        reports(B, OLD);
        candidates.reject(OLD, "the connection was refused");
        var again = candidates.again();
        again.add(SentinelReply.of(A, OLD));
        again.add(SentinelReply.of(B, OLD));
        assertThat(again.next()).isNull();
        again.add(SentinelReply.of(C, NEW));
        assertThat(again.next()).isEqualTo(NEW);
    }

    @Test
    void aSentinelThatIsListedTwiceCountsOnce() {
        var twice = new MasterCandidates(List.of(A, A, B), "gatehouse", _ -> false);
        twice.add(SentinelReply.of(A, NEW));
        assertThat(twice.next()).isNull();
        twice.add(SentinelReply.of(B, NEW));
        assertThat(twice.isComplete()).isTrue();
    }

    @Test
    void describesEachReplyAndEachRejectedAddress() {
        reports(A, OLD);
        fails(B);
        candidates.reject(OLD, "it is a replica");
        assertThat(candidates.describe("no reply yet"))
                .isEqualTo("sentinel-a:26379 reports old:6379; sentinel-b:26379: the connection was refused;"
                        + " sentinel-c:26379: no reply yet; old:6379: it is a replica");
    }

    @Test
    void reportsWhetherTheSentinelsAgree() {
        reports(A, NEW);
        fails(B);
        assertThat(candidates.report("no reply yet").agree()).isTrue();
        reports(C, OLD);
        assertThat(candidates.report("no reply yet").agree()).isFalse();
        assertThat(candidates.report("no reply yet").failures())
                .extracting(SentinelReply::sentinel)
                .containsExactly(B);
    }
}
