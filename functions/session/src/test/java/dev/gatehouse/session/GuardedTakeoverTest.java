// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Takeovers of which one step gets no reply. */
class GuardedTakeoverTest {

    private static final UserId ADA = new UserId("ada");
    private static final UserId VISITOR = new UserId("visitor");
    private static final Attributes CART = new Attributes(Map.of("cart", new Attributes.Attribute.Value("[1]")));

    private final AtomicLong now = new AtomicLong(1_790_000_000_000_000L);
    private final RedisProcess redis = RedisProcess.start();
    private final RedisLink link = LinkOnClock.toServer(redis.port(), now::get);
    private final SessionCache cache = new SessionCache(100_000, now::get);
    private final SessionStore stored = new RedisSessions(link);
    private final SessionStore sessions = new GuardedSessions(stored, cache);

    @AfterEach
    void close() {
        link.close();
        redis.close();
    }

    /** The cached session may have ended, and its attributes may be old. */
    @Test
    void theCacheTakesNothingOver() {
        var visitor = begin(VISITOR, CART);
        assertThat(lookup(visitor)).isInstanceOfSatisfying(Decided.class, found -> assertThat(found.value())
                .isInstanceOf(Found.class));
        assertThat(decided(stored.revoke("tenant", visitor.id(), patience()))).isEqualTo(1);

        var takeover = new GuardedSessions(withoutReplyTo("lookup"), cache)
                .create("tenant", request(ADA, Attributes.NONE), visitor, patience());

        assertThat(now(takeover)).isInstanceOf(Unavailable.class);
        assertThat(decided(stored.list("tenant", ADA, patience()))).isEmpty();
    }

    @Test
    void aTakeoverThatCannotEndTheOtherSessionIsUnavailableAndCanBeRepeated() {
        var visitor = begin(VISITOR, CART);
        lookup(visitor);

        var takeover = new GuardedSessions(withoutReplyTo("revoke"), cache)
                .create("tenant", request(ADA, Attributes.NONE), visitor, patience());

        assertThat(now(takeover)).isInstanceOf(Unavailable.class);
        assertThat(cache.find("tenant", visitor)).isNull();
        assertThat(decided(sessions.create("tenant", request(ADA, Attributes.NONE), visitor, patience())))
                .isInstanceOfSatisfying(
                        Created.class,
                        created -> assertThat(created.session().attributes()).isEqualTo(CART));
        assertThat(lookup(visitor)).isEqualTo(new Decided<>(new Lookup.Invalid(), Source.REDIS));
    }

    /** Returns the stored sessions, of which one operation gets no reply. */
    private SessionStore withoutReplyTo(String operation) {
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(), new Class<?>[] {SessionStore.class}, (proxy, method, args) -> {
                    if (method.isDefault()) {
                        return InvocationHandler.invokeDefault(proxy, method, args);
                    }
                    return method.getName().equals(operation)
                            ? CompletableFuture.completedStage(new Unavailable<>(Duration.ofSeconds(1)))
                            : method.invoke(stored, args);
                });
    }

    private SessionToken begin(UserId user, Attributes attributes) {
        var request = request(user, attributes);
        assertThat(decided(stored.create("tenant", request, patience()))).isInstanceOf(Created.class);
        return request.token();
    }

    private static SessionRequest request(UserId user, Attributes attributes) {
        return SessionRequest.of(user, attributes, Device.UNKNOWN, 1800, 86_400, 100, OnLimit.EVICT_OLDEST);
    }

    private Decision<Lookup> lookup(SessionToken token) {
        return now(sessions.lookup("tenant", token, Touch.TOUCH, patience()));
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) now(stage)).value();
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
