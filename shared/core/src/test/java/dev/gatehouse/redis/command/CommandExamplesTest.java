// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.lettuce.core.SetArgs;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the examples of docs/commands.md, each between a line {@code // example} and a line {@code // end}. */
class CommandExamplesTest {

    private static RedisProcess server;
    private RedisLink link;
    private CommandClient redis;

    @BeforeAll
    static void start() {
        server = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() {
        server.cli("FLUSHALL");
        link = RedisLink.retrying(LinkProbe.patientSettings(server.url()));
        redis = CommandClient.over(link);
    }

    @AfterEach
    void close() {
        redis.close();
        link.close();
    }

    @Test
    void texts() {
        // example
        redis.call(r -> r.set("shop:user:42", "Ada", SetArgs.Builder.ex(60))); // SET shop:user:42 Ada EX 60
        String name = redis.call(r -> r.get("shop:user:42")); // null if it is missing
        boolean found = redis.call(r -> r.exists("shop:user:42")) == 1;
        long visits = redis.call(r -> r.incr("shop:visits:42"));
        redis.call(r -> r.expire("shop:visits:42", 3600));
        long seconds = redis.call(r -> r.ttl("shop:visits:42"));
        redis.call(r -> r.mset(Map.of("shop:user:1", "Grace", "shop:user:2", "Edsger")));
        long deleted = redis.call(r -> r.del("shop:user:1", "shop:user:2"));
        // end
        assertThat(name).isEqualTo("Ada");
        assertThat(found).isTrue();
        assertThat(visits).isEqualTo(1);
        assertThat(seconds).isBetween(3590L, 3600L);
        assertThat(deleted).isEqualTo(2);
        assertThat((Long) server.cli("TTL", "shop:user:42")).isBetween(50L, 60L);
    }

    @Test
    void collections() {
        // example
        redis.call(r -> r.hset("shop:cart:42", Map.of("pen", "2", "ink", "1"))); // hashes
        Map<String, String> cart = redis.call(r -> r.hgetall("shop:cart:42"));
        redis.call(r -> r.lpush("shop:orders:new", "order-1", "order-2")); // lists
        String oldest = redis.call(r -> r.rpop("shop:orders:new"));
        redis.call(r -> r.sadd("shop:tags:pen", "blue", "steel")); // sets
        boolean blue = redis.call(r -> r.sismember("shop:tags:pen", "blue"));
        redis.call(r -> r.zadd("shop:sales:today", 12.5, "pen")); // sorted sets
        List<String> best = redis.call(r -> r.zrevrange("shop:sales:today", 0, 9));
        // end
        assertThat(cart).containsOnly(Map.entry("pen", "2"), Map.entry("ink", "1"));
        assertThat(oldest).isEqualTo("order-1");
        assertThat(blue).isTrue();
        assertThat(best).containsExactly("pen");
    }

    @Test
    void anyCommandByName() {
        // example
        redis.execute("HSET", "shop:cart:42", "pen", 2);
        long pens = redis.execute("HGET", "shop:cart:42", "pen").number();
        Map<String, RedisValue> cart = redis.execute("HGETALL", "shop:cart:42").map();
        String memory = redis.execute("INFO", "memory").text();
        List<String> policy = redis.execute("CONFIG", "GET", "maxmemory-policy").texts();
        // end
        assertThat(pens).isEqualTo(2);
        assertThat(cart.get("pen").number()).isEqualTo(2);
        assertThat(memory).contains("used_memory:");
        assertThat(policy).containsExactly("maxmemory-policy", "noeviction");
    }

    @Test
    void asynchronously() {
        // example
        CompletionStage<String> greeting = redis.callAsync(r -> r.get("shop:user:42"))
                .thenApply(reply -> switch (reply) {
                    case Reply.Answered<String>(var name) -> name == null ? "Who?" : "Hello " + name;
                    case Reply.Refused<String>(var code) -> "Redis replied with " + code;
                    case Reply.NotSent<String>(var reason) -> "Try again: " + reason.text();
                    case Reply.Unknown<String>(var reason) -> "Perhaps: " + reason.text();
                });
        // end
        assertThat(LinkProbe.join(greeting)).isEqualTo("Who?");
    }

    @Test
    void publishesAndSubscribes() throws Exception {
        // example
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        String first;
        try (var subscription = redis.openPubSub()) { // Lettuce's StatefulRedisPubSubConnection
            subscription.addListener(new RedisPubSubAdapter<String, String>() {
                @Override
                public void message(String channel, String message) {
                    messages.add(message);
                }
            });
            subscription.sync().subscribe("shop:news:all");
            redis.call(r -> r.publish("shop:news:all", "open"));
            first = messages.poll(5, TimeUnit.SECONDS);
        }
        // end
        assertThat(first).isEqualTo("open");
    }

    @Test
    void runsATransaction() {
        // example
        boolean committed;
        try (var own = redis.open("shop:stock:{pen}")) { // Lettuce's StatefulRedisConnection
            var commands = own.sync();
            commands.watch("shop:stock:{pen}");
            var stock = commands.get("shop:stock:{pen}");
            commands.multi();
            commands.set("shop:stock:{pen}", String.valueOf(stock == null ? 99 : Long.parseLong(stock) - 1));
            commands.incr("shop:sold:{pen}");
            committed = !commands.exec().wasDiscarded(); // discarded if another caller has changed the stock
        }
        // end
        assertThat(committed).isTrue();
        assertThat(server.cli("MGET", "shop:stock:{pen}", "shop:sold:{pen}")).isEqualTo(List.of("99", "1"));
    }

    @Test
    void waitsForAnElementOfAList() {
        server.cli("LPUSH", "shop:orders:new", "order-1");
        // example
        String order;
        try (var own = redis.open("shop:orders:new")) {
            own.setTimeout(Duration.ofSeconds(31)); // longer than the command may block
            order = own.sync().brpop(30, "shop:orders:new").getValue();
        }
        // end
        assertThat(order).isEqualTo("order-1");
    }

    @Test
    void fallsBackWithoutRedis() {
        server.cli("SET", "shop:user:42", "Ada");
        // example
        String name;
        try {
            name = redis.call(r -> r.get("shop:user:42"));
        } catch (RedisUnavailable e) { // e.isExecutionPossible(): a write may have happened
            name = "unknown";
        }
        // end
        assertThat(name).isEqualTo("Ada");
    }

    @Test
    void waitsAtStartAndRetries() {
        // example
        boolean ready = redis.awaitReady(Duration.ofSeconds(60)); // false: continue without Redis
        var patient = redis.withTimeout(Duration.ofMinutes(1)) // retries after at most 2 s, 4 s, 8 s, 8 s
                .withRetry(RetryPolicy.untilRecovery(4, Duration.ofSeconds(2), Duration.ofSeconds(8)));
        patient.call(r -> r.set("shop:state:up", "yes"));
        // end
        assertThat(ready).isTrue();
        assertThat(server.cli("GET", "shop:state:up")).isEqualTo("yes");
    }

    @Test
    void namesKeys() {
        // example
        var keys = new KeySpace("shop"); // not gh: Gatehouse's own keys begin with it
        String cart = keys.key("cart", "42"); // shop:cart:42
        String stock = keys.taggedKey("stock", "pen"); // shop:stock:{pen}, in one slot with shop:sold:{pen}
        // end
        assertThat(cart).isEqualTo("shop:cart:42");
        assertThat(stock).isEqualTo("shop:stock:{pen}");
    }
}
