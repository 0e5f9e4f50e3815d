// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import org.junit.jupiter.api.Test;

class LocalPoliciesTest extends PoliciesContract {

    private final LocalPolicies policies = new LocalPolicies(DeclaredPolicies.NONE);

    @Override
    Policies policies() {
        return policies;
    }

    @Override
    Decision.Source source() {
        return Source.LOCAL;
    }

    @Test
    void atMostAThousandTenantsAreStored() {
        for (int n = 0; n < LocalPolicies.MAX_TENANTS; n++) {
            assertThat(put("t" + n)).isEqualTo(StoreResult.STORED);
        }
        assertThat(put("another")).isEqualTo(StoreResult.TOO_MANY);
        assertThat(put("t0")).isEqualTo(StoreResult.STORED);

        policies.remove("t0", "api", patience());
        assertThat(put("another")).isEqualTo(StoreResult.STORED);
    }

    private StoreResult put(String tenant) {
        var decision =
                policies.put(tenant, STRICT, patience()).toCompletableFuture().join();
        return ((Decided<StoreResult>) decision).value();
    }
}
