// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/** Calls a store for one tenant and waits for its decisions. */
record KeyCaller(IssuedKeyStore keys, String tenant) {

    static final OwnerId ACME = new OwnerId("acme");
    static final OwnerId GLOBEX = new OwnerId("globex");

    /** A key with its secret. */
    record Made(KeySecret secret, IssuedKey key) {

        KeyId id() {
            return key.id();
        }

        PresentedKey presented() {
            return PresentedKey.parse(text()).orElseThrow();
        }

        String text() {
            return secret.text(key.prefix().orElseThrow());
        }
    }

    static IssueRequest request(OwnerId owner, KeySecret secret, String... scopes) {
        return IssueRequest.of(owner, secret, "gk", details(scopes), OptionalLong.empty());
    }

    static KeyDetails details(String... scopes) {
        return new KeyDetails("nightly", new TreeSet<>(List.of(scopes)), "{\"plan\":1.50}");
    }

    Made issued(OwnerId owner, String... scopes) {
        var secret = KeySecret.random(owner);
        return new Made(secret, key(issue(request(owner, secret, scopes))));
    }

    Made issuedFor(OwnerId owner, long seconds) {
        var secret = KeySecret.random(owner);
        return new Made(
                secret, key(issue(IssueRequest.of(owner, secret, "gk", KeyDetails.NONE, OptionalLong.of(seconds)))));
    }

    Issuance issue(IssueRequest request) {
        return decided(keys.issue(tenant, request, patience()));
    }

    Verification verify(PresentedKey key, String... scopes) {
        return decided(keys.verify(tenant, key, new TreeSet<>(List.of(scopes)), patience()));
    }

    boolean isValid(PresentedKey key) {
        return verify(key) instanceof Verification.Valid;
    }

    Issuance rotate(KeyId id, KeySecret successor, long graceSeconds) {
        return decided(keys.rotate(tenant, id, successor, Duration.ofSeconds(graceSeconds), patience()));
    }

    Made rotated(KeyId id, long graceSeconds) {
        var successor = KeySecret.randomFor(id);
        return new Made(successor, key(rotate(id, successor, graceSeconds)));
    }

    Optional<IssuedKey> patch(KeyId id, KeyPatch patch) {
        return decided(keys.patch(tenant, id, patch, patience()));
    }

    boolean revoke(KeyId id) {
        return decided(keys.revoke(tenant, id, patience()));
    }

    List<IssuedKey> list(OwnerId owner) {
        return decided(keys.list(tenant, owner, patience()));
    }

    static IssuedKey key(Issuance issuance) {
        assertThat(issuance).isInstanceOf(Issuance.Issued.class);
        return ((Issuance.Issued) issuance).key();
    }

    static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
