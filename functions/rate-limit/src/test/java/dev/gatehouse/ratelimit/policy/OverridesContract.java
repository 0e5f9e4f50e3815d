// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.ratelimit.policy.Policy.Source;
import dev.gatehouse.ratelimit.policy.PolicyOverride.Replacement.OwnLimit;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the contract of {@link Policies} on declared policies, on overrides that end or name a policy, and on listings. */
abstract class OverridesContract {

    /** The time of the scripts and of this process, in microseconds. */
    static final AtomicLong NOW = new AtomicLong(1_800_000_000_000_000L);

    static final Limit FREE = Limit.of("api", 10, 60);
    static final Limit PRO = Limit.of("api-pro", 1_000, 60).blocking(30);
    static final Limit DECLARED = Limit.of("declared", 5, 60);

    final String tenant = "tenant-" + UUID.randomUUID();
    final DeclaredPolicies declared = new DeclaredPolicies(
            Map.of("declared", DECLARED, "common", Limit.of("common", 1, 60)),
            Map.of(tenant, Map.of("common", Limit.of("common", 2, 60))));

    abstract Policies policies();

    @Test
    void aDeclaredPolicyIsInForceWhereNoneIsStored() {
        assertThat(find("declared")).contains(new Policy(DECLARED, Source.DECLARED));
        assertThat(limit("declared", "anyone")).isEqualTo(DECLARED);

        var stored = Limit.sliding("declared", 7, 10);
        assertThat(put(stored)).isEqualTo(StoreResult.STORED);
        assertThat(find("declared")).contains(new Policy(stored, Source.STORED));
        assertThat(limit("declared", "anyone")).isEqualTo(stored);

        assertThat(remove("declared")).isTrue();
        assertThat(remove("declared")).isFalse();
        assertThat(find("declared")).contains(new Policy(DECLARED, Source.DECLARED));
        assertThat(limit("declared", "anyone")).isEqualTo(DECLARED);
    }

    @Test
    void aTenantsDeclaredPolicyReplacesThatOfAll() {
        assertThat(limit("common", "anyone")).isEqualTo(Limit.of("common", 2, 60));
        assertThat(decided(policies().snapshot("other-" + tenant, patience())).limitFor("common", "anyone"))
                .isEqualTo(Limit.of("common", 1, 60));
    }

    @Test
    void aDeclaredPolicyHasOverrides() {
        var generous = Limit.of("declared", 500, 60);
        assertThat(override("vip", PolicyOverride.of(generous))).isEqualTo(StoreResult.STORED);
        assertThat(limit("declared", "vip")).isEqualTo(generous);
        assertThat(limit("declared", "other")).isEqualTo(DECLARED);

        put(Limit.of("declared", 7, 60));
        assertThat(limit("declared", "vip")).as("overrides stay").isEqualTo(generous);

        assertThat(remove("declared")).isTrue();
        assertThat(limit("declared", "vip")).isEqualTo(DECLARED);
        override("vip", PolicyOverride.of(generous));
        assertThat(remove("declared")).as("only an override is stored").isTrue();
        assertThat(limit("declared", "vip")).isEqualTo(DECLARED);
        assertThat(remove("declared")).isFalse();
    }

    @Test
    void anOverrideFollowsThePolicyThatItNames() {
        put(FREE);
        assertThat(override("vip", PolicyOverride.ofPolicy("api", "api-pro"))).isEqualTo(StoreResult.STORED);
        assertThat(limit("api", "vip")).as("there is no such policy").isEqualTo(FREE);

        put(PRO);
        assertThat(limit("api", "vip")).as("the units count as before").isEqualTo(PRO.withName("api"));
        assertThat(limit("api", "other")).isEqualTo(FREE);

        put(Limit.unlimited("api-pro").inShadow());
        assertThat(limit("api", "vip")).isEqualTo(Limit.unlimited("api").inShadow());
        override("vip", PolicyOverride.of(Limit.of("api-pro", 1, 1)));
        assertThat(limit("api", "vip"))
                .as("overrides of the named policy do not apply")
                .isEqualTo(Limit.unlimited("api").inShadow());

        remove("api-pro");
        assertThat(limit("api", "vip")).isEqualTo(FREE);
        override("vip", PolicyOverride.ofPolicy("api", "declared"));
        assertThat(limit("api", "vip")).isEqualTo(DECLARED.withName("api"));
    }

    @Test
    void anOverrideEndsByItself() {
        put(FREE);
        var generous = Limit.of("api", 500, 60);
        override("vip", PolicyOverride.of(generous).until(in(Duration.ofSeconds(10))));
        override("guest", PolicyOverride.ofPolicy("api", "declared").until(in(Duration.ofSeconds(20))));

        NOW.addAndGet(9_999_999);
        assertThat(limit("api", "vip")).isEqualTo(generous);
        assertThat(tags("api")).hasSize(2);
        NOW.addAndGet(1);
        assertThat(limit("api", "vip")).isEqualTo(FREE);
        assertThat(limit("api", "guest")).isEqualTo(DECLARED.withName("api"));
        assertThat(tags("api")).containsExactly(HashTag.of("guest"));
        assertThat(removeOverride("api", "vip")).isFalse();

        override("vip", PolicyOverride.of(generous));
        NOW.addAndGet(10_000_000);
        assertThat(limit("api", "guest")).isEqualTo(FREE);
        assertThat(limit("api", "vip")).as("it has no end any more").isEqualTo(generous);
    }

    @Test
    void anOverrideIsRemovedByTheTagThatListsShow() {
        put(FREE);
        put(FREE.withName("other"));
        override("vip", PolicyOverride.ofPolicy("api", "declared"));
        override("guest", PolicyOverride.ofPolicy("api", "declared"));
        override("vip", PolicyOverride.ofPolicy("other", "declared"));

        assertThat(removeOverrideByTag("api", HashTag.of("vip"))).isTrue();
        assertThat(removeOverrideByTag("api", HashTag.of("vip"))).isFalse();

        assertThat(tags("api")).containsExactly(HashTag.of("guest"));
        assertThat(tags("other")).containsExactly(HashTag.of("vip"));
        assertThat(limit("api", "vip")).isEqualTo(FREE);
        for (var tag : List.of("", "vip", HashTag.of("vip") + "x", "a:b-------c2")) {
            assertThatExceptionOfType(InvalidLimit.class)
                    .isThrownBy(() -> removeOverrideByTag("api", tag))
                    .satisfies(invalid -> assertThat(invalid.field()).isEqualTo("subjectTag"));
        }
    }

    @Test
    void anOverrideIsListedAsItWasStored() {
        put(FREE);
        for (var label :
                List.of("trial", "a b=c expiresAt=1 policy=x label=y", "\u00fc \ud83d\ude80\n%20+", "x".repeat(100))) {
            for (var override :
                    List.of(PolicyOverride.of(Limit.sliding("api", 3, 9)), PolicyOverride.ofPolicy("api", "x.y"))) {
                for (var each : List.of(
                        override,
                        override.labelled(label),
                        override.until(in(Duration.ofDays(1))),
                        override.labelled(label).until(in(Duration.ofDays(3_650))))) {
                    override("vip", each);
                    assertThat(current().overrides("api", "", 10)).containsExactly(Map.entry(HashTag.of("vip"), each));
                }
            }
        }
    }

    @Test
    void invalidOverridesAreRejected() {
        assertInvalid("label", () -> PolicyOverride.of(FREE).labelled("x".repeat(101)));
        assertInvalid("label", () -> PolicyOverride.of(FREE).labelled(""));
        assertInvalid("label", () -> PolicyOverride.of(FREE).labelled("\ud800"));
        assertInvalid("policy", () -> PolicyOverride.ofPolicy("api", ".."));
        assertInvalid("name", () -> PolicyOverride.ofPolicy("a b", "api"));
        assertInvalid("name", () -> new PolicyOverride("api", new OwnLimit(PRO), null, null));
        for (var end : List.of(Instant.EPOCH.minusNanos(1), Instant.MAX)) {
            assertInvalid("expiresAt", () -> PolicyOverride.of(FREE).until(end));
        }
    }

    private static void assertInvalid(String field, Runnable call) {
        assertThatExceptionOfType(InvalidLimit.class)
                .isThrownBy(call::run)
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo(field));
    }

    @Test
    void policiesAreListedByName() {
        for (var name : List.of("b", "C", "a.2", "a.10", "zz")) {
            put(Limit.of(name, 1, 60));
        }
        put(Limit.of("declared", 7, 60));

        assertThat(names(current().policies("", 100)))
                .containsExactly("C", "a.10", "a.2", "b", "common", "declared", "zz");
        assertThat(names(current().policies("a.2", 3))).containsExactly("b", "common", "declared");
        assertThat(names(current().policies("zz", 3))).isEmpty();
        assertThat(current().policies("", 100))
                .extracting(Policy::source)
                .containsExactly(
                        Source.STORED,
                        Source.STORED,
                        Source.STORED,
                        Source.STORED,
                        Source.DECLARED,
                        Source.STORED,
                        Source.STORED);
    }

    @Test
    void overridesAreListedByTag() {
        put(FREE);
        put(PRO);
        IntStream.range(0, 50).forEach(n -> override("s" + n, PolicyOverride.of(Limit.of("api", n, 60))));
        override("other", PolicyOverride.of(PRO));

        var listed = new ArrayList<String>();
        var after = "";
        for (var page = current().overrides("api", after, 7); !page.isEmpty(); ) {
            assertThat(page).hasSizeLessThanOrEqualTo(7);
            page.forEach(entry -> listed.add(entry.getKey()));
            page = current().overrides("api", listed.getLast(), 7);
        }
        assertThat(listed)
                .isSorted()
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 50)
                        .mapToObj(n -> HashTag.of("s" + n))
                        .toList());
    }

    static Instant in(Duration time) {
        return MicroClock.instant(NOW.get()).plus(time);
    }

    private static Stream<String> names(List<Policy> policies) {
        return policies.stream().map(policy -> policy.limit().name());
    }

    Stream<String> tags(String policy) {
        return current().overrides(policy, "", 100).stream().map(Map.Entry::getKey);
    }

    StoreResult put(Limit policy) {
        return decided(policies().put(tenant, policy, patience()));
    }

    boolean remove(String name) {
        return decided(policies().remove(tenant, name, patience()));
    }

    StoreResult override(String subject, PolicyOverride override) {
        return decided(policies().override(tenant, subject, override, patience()));
    }

    boolean removeOverride(String name, String subject) {
        return decided(policies().removeOverride(tenant, name, subject, patience()));
    }

    boolean removeOverrideByTag(String name, String tag) {
        return decided(policies().removeOverrideByTag(tenant, name, tag, patience()));
    }

    Optional<Policy> find(String name) {
        return decided(policies().find(tenant, name, patience()));
    }

    Limit limit(String policy, String subject) {
        return decided(policies().snapshot(tenant, patience())).limitFor(policy, subject);
    }

    PolicySnapshot current() {
        return decided(policies().current(tenant, patience()));
    }

    static <T> T decided(CompletionStage<Decision<T>> decision) {
        assertThat(decision.toCompletableFuture().join()).isInstanceOf(Decided.class);
        return ((Decided<T>) decision.toCompletableFuture().join()).value();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
