// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.socket.RedisConnectionChannels;
import dev.gatehouse.realtime.socket.SocketUser;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each capability has keys of its own in Redis, though callers choose the same names in all of them. */
class KeyNamesTest {

    private static final List<String> REQUESTS = List.of(
            "idempotency/claims {'key':'same','scope':'same','owner':'same'}",
            "rate-limits/check {'limits':[{'name':'same','subject':'same','limit':9,'windowSeconds':60}]}",
            "rate-limits/check {'limits':[{'name':'held','subject':'same','limit':9,'windowSeconds':60}],"
                    + "'holdMillis':60000,'unsettled':'keep','holdId':'same'}",
            "rate-limits/leases {'name':'same','subject':'same','limit':9,'leaseMillis':60000}",
            "cache/put {'key':'same','value':1,'freshSeconds':60}",
            "cache/put {'scope':'same','key':'same','value':1,'freshSeconds':60,'tags':['same']}",
            "cache/lookup {'entries':[{'key':'other'},{'scope':'same','key':'other'}]}",
            "states/save {'id':'same','expect':'any','value':{}}",
            "states/save {'id':'same','group':'same','expect':'any','value':{}}",
            "states/claim {'id':'claimed','owner':'same'}",
            "presence/enter {'channel':'same','userId':'same','connectionId':'same'}",
            "presence/typing {'channel':'same','userId':'same','connectionId':'same','typing':true}",
            "channels/publish {'channel':'same','event':'same','data':1,'recipients':true}",
            "channels/catch-up {'channel':'same'}",
            "jobs/enqueue {'queue':'same','id':'same','group':'same','payload':1}",
            "jobs/take {'queue':'same','drainer':'same','attendMillis':60000}",
            "sessions {'userId':'same'}",
            "api-keys {'ownerId':'same'}");

    @Test
    void noCapabilityFindsTheKeysOfAnother() throws IOException {
        try (var redis = RedisProcess.start();
                var server = TestServer.start("REDIS_URL", redis.url())) {
            var caller = TestServer.caller(server);
            for (int round = 0; round < 2; round++) {
                for (var request : REQUESTS) {
                    var parts = request.split(" ", 2);
                    assertThat(caller.post("/v1/" + parts[0], parts[1].replace('\'', '"'))
                                    .status())
                            .as("%s", request)
                            .isIn(200, 201);
                }
                joinOverApiGateway(redis);
            }
            assertThat(redis.info("errorstats", "errorstat_WRONGTYPE")).isNull();
        }
    }

    /** The server has no WebSockets of API Gateway. */
    private static void joinOverApiGateway(RedisProcess redis) {
        try (var link = RedisLink.to(RedisSettings.of(redis.host(), redis.port()))) {
            var channels = new RedisConnectionChannels(link);
            var user = new SocketUser("demo", new MemberConnection("same", "same"));
            var deadline = Deadline.in(Duration.ofSeconds(20));
            assertThat(channels.add(user, new ChannelName("same"), deadline)
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(new Decided<>(true, Source.REDIS));
        }
    }
}
