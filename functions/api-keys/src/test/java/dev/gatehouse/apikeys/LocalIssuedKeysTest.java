// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static dev.gatehouse.apikeys.KeyCaller.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalIssuedKeysTest extends IssuedKeysContract {

    private final AtomicLong now = new AtomicLong();
    private final IssuedKeyStore keys = new LocalIssuedKeys(10_000, 10_000_000, now::get);

    @Override
    IssuedKeyStore keys() {
        return keys;
    }

    @Override
    AtomicLong clock() {
        return now;
    }

    @Override
    Source source() {
        return Source.LOCAL;
    }

    @Test
    void whileFullNoLiveKeyIsLost() {
        var full = new LocalIssuedKeys(1, 10_000, now::get);
        var made = new KeyCaller(full, tenant).issued(ACME);
        var request = KeyCaller.request(ACME, KeySecret.random(ACME));
        assertThat(full.issue(tenant, request, KeyCaller.patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(new KeyCaller(full, tenant).isValid(made.presented())).isTrue();
    }
}
