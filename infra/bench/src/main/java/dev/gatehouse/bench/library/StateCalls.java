// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.state.Expectation;
import dev.gatehouse.state.GuardedStateStore;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateClaim;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StateFallback;
import dev.gatehouse.state.StateKey;
import dev.gatehouse.state.StateStore;
import dev.gatehouse.state.StateValue;
import dev.gatehouse.state.StateWrite;
import dev.gatehouse.state.WriteOutcome.Saved;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** Calls the states as their function does, on one link. */
final class StateCalls implements AutoCloseable {

    /** The value of every contestant: 200 bytes with three members. */
    static final String JSON =
            "{\"step\":\"charged\",\"attempt\":3,\"order\":{\"id\":\"%s\"}}".formatted("o".repeat(152));

    static final StateValue VALUE = StateValue.of(JSON);

    private static final String TENANT = "bench";

    private final RedisLink link;
    private final StateStore states;

    StateCalls(String url) {
        link = BenchRedis.link(url);
        states = GuardedStateStore.over(link, new Outage(link), StateFallback.DEFAULT);
    }

    Operation read() {
        return new Operation("Gatehouse", Role.OURS, subject -> {
            var key = StateKey.of("read-" + subject);
            var outcome = BenchRedis.decided(states.read(TENANT, key, OptionalLong.empty(), BenchRedis.deadline()));
            if (outcome instanceof Unknown) {
                save(StateWrite.save(key, Expectation.any(), VALUE));
            } else if (!(outcome instanceof Found(var _, var value)) || !value.equals(VALUE)) {
                throw new IllegalStateException("another value");
            }
        });
    }

    Operation save() {
        var versions = new ConcurrentHashMap<String, Expectation>();
        return new Operation("Gatehouse", Role.OURS, subject -> {
            var expected = versions.getOrDefault(subject, Expectation.absent());
            var saved = save(StateWrite.save(StateKey.of("save-" + subject), expected, VALUE));
            versions.put(subject, Expectation.version(saved.version()));
        });
    }

    Operation claimAndRelease() {
        return new Operation("Gatehouse, claim and release", Role.OURS, subject -> {
            var key = StateKey.of("claim-" + subject);
            if (!(BenchRedis.decided(states.claim(TENANT, StateClaim.of(key), BenchRedis.deadline()))
                    instanceof Claimed(var fence, var _, var state))) {
                throw new IllegalStateException("not claimed");
            }
            if (state instanceof Unknown) {
                save(StateWrite.save(key, Expectation.absent(), VALUE).withFence(fence));
            }
            if (!(BenchRedis.decided(states.release(TENANT, key, fence, BenchRedis.deadline())) instanceof Held)) {
                throw new IllegalStateException("not released");
            }
        });
    }

    private Saved save(StateWrite write) {
        if (BenchRedis.decided(states.save(TENANT, write, BenchRedis.deadline())) instanceof Saved saved) {
            return saved;
        }
        throw new IllegalStateException("not saved");
    }

    @Override
    public void close() {
        link.close();
    }
}
