// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.redis;

import dev.gatehouse.local.redis.FunctionOperations.Access;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each function works on a Redis that rejects commands which the functions do without. Health is tested in the core. */
class RestrictedOperationsTest {

    @ParameterizedTest
    @ValueSource(strings = {"INFO", "CONFIG", "CLIENT", "TIME", "SLOWLOG", "INFO CONFIG CLIENT TIME SLOWLOG"})
    void worksWithoutTheRightTo(String commands) {
        var rules = "~* &* +@all -" + commands.toLowerCase(Locale.ROOT).replace(" ", " -");
        try (var redis = RedisProcess.setup().user("app", "s3cret", rules).start()) {
            runAll(redis, "redis://app:s3cret@127.0.0.1:" + redis.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INFO", "CONFIG", "CLIENT", "TIME", "SLOWLOG", "INFO CONFIG CLIENT TIME SLOWLOG HELLO"})
    void worksIfTheServerRenamed(String commands) {
        var setup = RedisProcess.setup();
        List.of(commands.split(" ")).forEach(setup::rename);
        try (var redis = setup.start()) {
            runAll(redis, redis.url());
        }
    }

    private static void runAll(RedisProcess redis, String url) {
        FunctionOperations.all().forEach((function, operations) -> {
            if (!function.equals("health")) {
                try (var access = Access.to(redis, url, "auto")) {
                    operations.run(access);
                }
            }
        });
    }
}
