// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.RateLimiter;
import org.junit.jupiter.api.Test;

class LocalHoldsTest extends HoldsContract {

    private LocalRateLimiter limiter = new LocalRateLimiter(1, 5000, NOW::get);

    @Override
    RateLimiter limiter() {
        return limiter;
    }

    @Test
    void holdsAreBoundedAndFurtherOnesDenied() {
        limiter = new LocalRateLimiter(1, 2, NOW::get);
        var ten = Limit.of("ten", 10, 3600);
        hold(ten, "a", 1, true);
        hold(ten, "b", 1, true);

        assertThat(hold(ten, "c", 1, true).allowed()).isFalse();
        assertThat(hold(ten, "a", 1, true).allowed()).isTrue();
        assertThat(remaining(ten)).isEqualTo(8);
        pass(660_000_000);
        assertThat(hold(ten, "c", 1, true).allowed()).isTrue();
    }

    @Test
    void clearEndsTheHolds() {
        var ten = Limit.of("ten", 10, 3600);
        hold(ten, "a", 1, true);

        limiter.clear();
        assertThat(settle(ten, "a", 1)).isEmpty();
    }
}
