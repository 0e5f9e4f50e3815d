// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak;

import dev.gatehouse.testkit.redis.SentinelRig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys of one kind that remain when the traffic has ended.
 *
 * @param longest the longest remaining life in seconds; -1 if a key has no end
 */
record RemainingKeys(long count, long longest) {

    private static final long GONE = -2;
    private static final long ENDLESS = -1;

    /** Returns the keys by their kind, the third part of a name. */
    static Map<String, RemainingKeys> of(SentinelRig redis) {
        var kinds = new TreeMap<String, RemainingKeys>();
        var master =
                redis.servers().stream().filter(redis::isServing).findFirst().orElseThrow();
        try (var connection = master.connect()) {
            for (var key : (List<?>) connection.call("KEYS", "*")) {
                var life = (Long) connection.call("PTTL", key.toString());
                if (life != GONE) {
                    var own = new RemainingKeys(
                            1, life < 0 ? ENDLESS : Duration.ofMillis(life).toSeconds());
                    kinds.merge(kind(key.toString()), own, RemainingKeys::plus);
                }
            }
        }
        return kinds;
    }

    private static String kind(String key) {
        return key.substring(key.indexOf('}') + 1).replaceFirst("^:", "").replaceFirst(":.*", "");
    }

    private RemainingKeys plus(RemainingKeys other) {
        var isEndless = longest == ENDLESS || other.longest == ENDLESS;
        return new RemainingKeys(count + other.count, isEndless ? ENDLESS : Math.max(longest, other.longest));
    }
}
