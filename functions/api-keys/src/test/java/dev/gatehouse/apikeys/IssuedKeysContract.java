// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static dev.gatehouse.apikeys.KeyCaller.ACME;
import static dev.gatehouse.apikeys.KeyCaller.GLOBEX;
import static dev.gatehouse.apikeys.KeyCaller.details;
import static dev.gatehouse.apikeys.KeyCaller.key;
import static dev.gatehouse.apikeys.KeyCaller.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.apikeys.Issuance.Absent;
import dev.gatehouse.apikeys.Issuance.DigestTaken;
import dev.gatehouse.apikeys.Issuance.LimitReached;
import dev.gatehouse.apikeys.Verification.Invalid;
import dev.gatehouse.apikeys.Verification.ScopeMissing;
import dev.gatehouse.apikeys.Verification.Valid;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of {@link IssuedKeyStore}, for each store. */
abstract class IssuedKeysContract {

    static final long SECOND = 1_000_000;
    private static final long START = 1_790_000_000 * SECOND;
    private static final String FOREIGN = "sk_live_51NotOurs";

    /** Separates the keys of each test. */
    final String tenant = "tenant-" + UUID.randomUUID();

    KeyCaller caller;

    abstract IssuedKeyStore keys();

    abstract AtomicLong clock();

    abstract Source source();

    @BeforeEach
    void startClock() {
        clock().set(START);
        caller = new KeyCaller(keys(), tenant);
    }

    @Test
    void aKeyVerifiesAsItWasIssued() {
        var made = caller.issued(ACME, "exports:read", "exports:write");

        assertThat(made.key())
                .isEqualTo(new IssuedKey(
                        made.secret().id(),
                        ACME,
                        Optional.of("gk"),
                        details("exports:read", "exports:write"),
                        in(0),
                        null));
        assertThat(caller.verify(made.presented())).isEqualTo(new Valid(made.key()));
        assertThat(caller.keys()
                        .verify(tenant, made.presented(), new TreeSet<>(), KeyCaller.patience())
                        .toCompletableFuture()
                        .join())
                .isEqualTo(new Decided<>(new Valid(made.key()), source()));
        pass(400L * 86_400 * SECOND);
        assertThat(caller.verify(made.presented())).as("lives on").isEqualTo(new Valid(made.key()));
    }

    @Test
    void onlyTheTextOfTheKeyVerifies() {
        var made = caller.issued(ACME);
        assertThat(caller.verify(parsed(KeySecret.random(ACME).text("gk")))).isEqualTo(new Invalid());
        assertThat(caller.verify(parsed(made.id().text()))).isEqualTo(new Invalid());
        assertThat(caller.verify(parsed(made.secret().body()))).isEqualTo(new Invalid());
        assertThat(caller.verify(parsed(FOREIGN))).isEqualTo(new Invalid());
        assertThat(new KeyCaller(keys(), "another").verify(made.presented())).isEqualTo(new Invalid());
    }

    @Test
    void aKeyNeedsEveryRequiredScope() {
        var made = caller.issued(ACME, "a:read", "b");
        assertThat(caller.verify(made.presented(), "b", "a:read")).isEqualTo(new Valid(made.key()));
        assertThat(caller.verify(made.presented(), "b", "a", "c"))
                .isEqualTo(new ScopeMissing(made.key(), new TreeSet<>(List.of("a", "c"))));
        assertThat(caller.verify(caller.issued(ACME).presented(), "a")).isInstanceOf(ScopeMissing.class);
        caller.revoke(made.id());
        assertThat(caller.verify(made.presented(), "c")).as("ended first").isEqualTo(new Invalid());
    }

    @Test
    void aKeyEndsWithItsLifetime() {
        var made = caller.issuedFor(ACME, 60);
        assertThat(made.key().expiresAt()).isEqualTo(in(60));
        pass(60 * SECOND - 1);
        assertThat(caller.isValid(made.presented())).isTrue();
        pass(1);
        assertEnded(made.id(), made.presented());
    }

    @Test
    void aRevokedKeyStaysEnded() {
        var made = caller.issued(ACME);
        var other = caller.issued(ACME);
        assertThat(caller.revoke(made.id())).isTrue();
        assertEnded(made.id(), made.presented());
        assertThat(caller.isValid(other.presented())).isTrue();
    }

    @Test
    void aRotatedKeyEndsWithTheGracePeriodAndItsSuccessorLivesOn() {
        var made = caller.issued(ACME, "a");
        pass(5 * SECOND);

        var next = caller.rotated(made.id(), 60);

        assertThat(next.key())
                .isEqualTo(new IssuedKey(
                        next.secret().id(), ACME, Optional.of("gk"), made.key().details(), in(0), null));
        assertThat(caller.isValid(made.presented())).isTrue();
        assertThat(caller.list(ACME))
                .containsExactly(
                        next.key(),
                        new IssuedKey(
                                made.id(),
                                ACME,
                                Optional.of("gk"),
                                details("a"),
                                made.key().createdAt(),
                                in(60)));
        pass(60 * SECOND);
        assertEnded(made.id(), made.presented());
        assertThat(caller.verify(next.presented(), "a")).isEqualTo(new Valid(next.key()));
    }

    @Test
    void aRepeatedRotationHasTheSameSuccessorAndProlongsNothing() {
        var made = caller.issued(ACME);
        var successor = KeySecret.randomFor(made.id());
        var first = caller.rotate(made.id(), successor, 60);
        pass(30 * SECOND);

        assertThat(caller.rotate(made.id(), successor, 60)).isEqualTo(first);
        var another = caller.rotated(made.id(), 60);
        pass(30 * SECOND);

        assertEnded(made.id(), made.presented());
        assertThat(caller.rotate(made.id(), successor, 60)).as("after its end").isEqualTo(first);
        assertThat(caller.list(ACME)).containsExactly(another.key(), key(first));
    }

    @Test
    void aRotationWithoutGraceEndsTheKeyAtOnceAndNoRotationProlongsIt() {
        var made = caller.issued(ACME);
        caller.rotated(made.id(), 0);
        assertEnded(made.id(), made.presented());

        var brief = caller.issuedFor(ACME, 10);
        var next = caller.rotated(brief.id(), 60);
        assertThat(next.key().expiresAt()).as("the same lifetime").isEqualTo(in(10));
        pass(5 * SECOND);
        assertThat(caller.rotated(brief.id(), 60).key().expiresAt()).isEqualTo(in(10));
        pass(5 * SECOND);
        assertEnded(brief.id(), brief.presented());
    }

    @Test
    void aPatchChangesWhatItNames() {
        var made = caller.issued(ACME, "a");
        assertThat(caller.patch(made.id(), new KeyPatch(null, null, null, null)))
                .contains(made.key());

        var scoped = caller.patch(made.id(), new KeyPatch("", new TreeSet<>(List.of("b", "c")), "{}", 60L))
                .orElseThrow();

        assertThat(scoped.details()).isEqualTo(new KeyDetails(null, new TreeSet<>(List.of("b", "c")), "{}"));
        assertThat(scoped.expiresAt()).isEqualTo(in(60));
        assertThat(caller.verify(made.presented(), "a")).isInstanceOf(ScopeMissing.class);
        assertThat(caller.verify(made.presented(), "b")).isEqualTo(new Valid(scoped));
        var lasting = caller.patch(made.id(), new KeyPatch("new", new TreeSet<>(), null, 0L))
                .orElseThrow();
        assertThat(lasting.expiresAt()).isNull();
        pass(60 * SECOND);
        assertThat(caller.verify(made.presented())).isEqualTo(new Valid(lasting));
    }

    @Test
    void theKeysOfAnOwnerAreListedNewestFirst() {
        var first = caller.issued(ACME);
        pass(1);
        var second = caller.issued(ACME);
        var others = caller.issued(GLOBEX);

        assertThat(caller.list(ACME)).containsExactly(second.key(), first.key());
        assertThat(caller.list(GLOBEX)).containsExactly(others.key());
        assertThat(new KeyCaller(keys(), "another").list(ACME)).isEmpty();
    }

    @Test
    void issuingCanBeRepeated() {
        var secret = KeySecret.random(ACME);
        var first = caller.issue(request(ACME, secret, "a"));
        pass(SECOND);
        assertThat(caller.issue(request(ACME, secret, "a"))).isEqualTo(first);
        assertThat(caller.list(ACME)).hasSize(1);
    }

    @Test
    void anOwnerHasNoMoreKeysThanTheMaximum() {
        var brief = caller.issuedFor(ACME, 60);
        for (int i = 1; i < IssuedKeyStore.MAX_KEYS; i++) {
            caller.issued(ACME);
        }
        assertThat(caller.issue(request(ACME, KeySecret.random(ACME)))).isEqualTo(new LimitReached());
        assertThat(caller.rotate(brief.id(), KeySecret.randomFor(brief.id()), 60))
                .isEqualTo(new LimitReached());
        assertThat(caller.issue(imported(ACME))).isEqualTo(new LimitReached());
        assertThat(caller.verify(parsed(FOREIGN))).isEqualTo(new Invalid());

        pass(60 * SECOND);

        caller.issued(ACME);
        assertThat(caller.list(ACME)).hasSize(IssuedKeyStore.MAX_KEYS);
    }

    @Test
    void anImportedKeyVerifiesRotatesAndEndsLikeOthers() {
        var foreign = parsed(FOREIGN);
        var key = key(caller.issue(imported(ACME)));
        assertThat(key.prefix()).isEmpty();
        assertThat(caller.issue(imported(ACME))).isEqualTo(new Issuance.Issued(key));
        assertThat(caller.verify(foreign)).isEqualTo(new Valid(key));
        assertThat(caller.verify(foreign, "a")).isInstanceOf(ScopeMissing.class);
        assertThat(caller.patch(key.id(), new KeyPatch(null, null, null, 60L))).isPresent();
        assertThat(caller.patch(key.id(), new KeyPatch(null, null, null, 100_000L)))
                .isPresent();
        pass(1_000 * SECOND);
        assertThat(caller.isValid(foreign)).isTrue();

        var next = caller.rotated(key.id(), 60);

        assertThat(next.key().prefix()).contains("gk");
        assertThat(caller.isValid(next.presented())).isTrue();
        assertThat(caller.isValid(foreign)).isTrue();
        pass(60 * SECOND);
        assertEnded(key.id(), foreign);
    }

    @Test
    void anImportedDigestBelongsToOneOwnerAtATime() {
        var foreign = parsed(FOREIGN);
        var key = key(caller.issue(imported(ACME)));
        assertThat(caller.issue(imported(GLOBEX))).isEqualTo(new DigestTaken());
        assertThat(caller.verify(foreign)).isEqualTo(new Valid(key));
        assertThat(caller.list(GLOBEX)).isEmpty();

        caller.revoke(key.id());
        var moved = key(caller.issue(imported(GLOBEX)));

        assertThat(caller.verify(foreign)).isEqualTo(new Valid(moved));
        caller.issue(IssueRequest.ofImport(ACME, KeyDigest.of("brief"), KeyDetails.NONE, OptionalLong.of(60)));
        pass(60 * SECOND);
        assertThat(caller.issue(
                        IssueRequest.ofImport(GLOBEX, KeyDigest.of("brief"), KeyDetails.NONE, OptionalLong.empty())))
                .as("after its end")
                .isInstanceOf(Issuance.Issued.class);
        assertThat(caller.isValid(parsed("brief"))).isTrue();
    }

    private static IssueRequest imported(OwnerId owner) {
        return IssueRequest.ofImport(owner, KeyDigest.of(FOREIGN), KeyDetails.NONE, OptionalLong.empty());
    }

    /** Asserts that no operation finds, changes or revives a key that has ended. */
    private void assertEnded(KeyId id, PresentedKey key) {
        assertThat(caller.verify(key)).isEqualTo(new Invalid());
        assertThat(caller.rotate(id, KeySecret.randomFor(id), 60)).isEqualTo(new Absent());
        assertThat(caller.patch(id, new KeyPatch("n", null, null, 60L))).isEmpty();
        assertThat(caller.revoke(id)).isFalse();
        assertThat(caller.verify(key)).isEqualTo(new Invalid());
        assertThat(caller.list(ACME)).noneMatch(each -> each.id().equals(id));
    }

    static PresentedKey parsed(String text) {
        return PresentedKey.parse(text).orElseThrow();
    }

    final void pass(long micros) {
        clock().addAndGet(micros);
    }

    private Instant in(long seconds) {
        return Instant.EPOCH.plus(clock().get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }
}
