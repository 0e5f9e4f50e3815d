// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocalOverridesTest extends OverridesContract {

    private final LocalPolicies policies = new LocalPolicies(declared, NOW::get);

    @Override
    Policies policies() {
        return policies;
    }

    @Test
    void endedOverridesMakeRoom() {
        put(FREE);
        var override = PolicyOverride.of(FREE);
        for (int n = 0; n < 100; n++) {
            override("s" + n, override.until(in(Duration.ofSeconds(n < 2 ? 1 : 60))));
        }
        assertThat(decided(policies.snapshot(tenant, patience())).overrides()).isEqualTo(100);

        NOW.addAndGet(1_000_000);
        assertThat(override("s99", override)).isEqualTo(StoreResult.STORED);
        assertThat(decided(policies.snapshot(tenant, patience())).overrides()).isEqualTo(98);
    }
}
