package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.policy.Putting.Stored;
import dev.gatehouse.ratelimit.policy.Putting.TooMany;
import org.junit.jupiter.api.Test;

class LocalPoliciesTest extends PoliciesContract {

    private final LocalPolicies policies = new LocalPolicies();

    @Override
    Policies policies() {
        return policies;
    }

    @Override
    Decision.Source source() {
        return Source.LOCAL;
    }

    @Test
    void aThousandTenantsAreTheMost() {
        for (int n = 0; n < LocalPolicies.MAX_TENANTS; n++) {
            assertThat(put("t" + n)).isEqualTo(new Stored());
        }
        assertThat(put("another")).isEqualTo(new TooMany());
        assertThat(put("t0")).isEqualTo(new Stored());

        policies.remove("t0", "api", patience());
        assertThat(put("another")).isEqualTo(new Stored());
    }

    private Putting put(String tenant) {
        var answer =
                policies.put(tenant, STRICT, patience()).toCompletableFuture().join();
        return ((Decided<Putting>) answer).decision();
    }
}
