// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import dev.gatehouse.apikeys.GuardedIssuedKeys;
import dev.gatehouse.apikeys.IssueRequest;
import dev.gatehouse.apikeys.IssuedKeyCache;
import dev.gatehouse.apikeys.KeyDetails;
import dev.gatehouse.apikeys.KeySecret;
import dev.gatehouse.apikeys.OwnerId;
import dev.gatehouse.apikeys.PresentedKey;
import dev.gatehouse.apikeys.RedisIssuedKeys;
import dev.gatehouse.cache.CacheCodec;
import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.CachedRequest;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.drain.DrainOptions;
import dev.gatehouse.jobs.drain.JobResult;
import dev.gatehouse.jobs.drain.Jobs;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.RateLimits;
import dev.gatehouse.ratelimit.Settlement;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.realtime.presence.EnterRequest;
import dev.gatehouse.realtime.presence.GuardedPresence;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.Touch;
import dev.gatehouse.session.UserId;
import dev.gatehouse.state.StateClaim;
import dev.gatehouse.state.StateKey;
import dev.gatehouse.state.StateValue;
import dev.gatehouse.state.States;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Runs the documentation's examples of the libraries, each between a line {@code // example} and a line {@code // end}. */
final class LibraryProgram {

    private static final Products products = new Products();

    private LibraryProgram() {}

    public static void main(String[] arguments) throws Exception {
        limit();
        hold();
        cache(new Numbers(), "life");
        runOnce();
        state();
        jobs();
        keys();
        presenceAndChannels();
        sessions();
        GreetingHandler.main(new String[] {"ada", "ada", "ada", "ada", "ada", "ada"});
        System.out.println("end");
    }

    private static Deadline inTenSeconds() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    private static void limit() {
        // example
        var limits = RateLimits.fromEnvironment(); // once per process; REDIS_URL names the Redis
        var result = limits.check(Limit.of("api", 100, 60), "user-42");
        if (!result.allowed()) System.out.println("Retry in " + result.retryAfter());
        // end
        System.out.println("limit " + result.allowed() + " " + result.degraded());
        limits.close();
    }

    private static void hold() {
        var limits = RateLimits.fromEnvironment();
        // example
        var hold = Check.Hold.of(Duration.ofMinutes(2), true);
        var limit = Limit.of("tokens", 10_000, 60);
        if (limits.hold(limit, "user-42", 4000, hold).allowed()) {
            limits.settle(new Settlement.OfHold(limit, "user-42", hold.id(), generate()));
        }
        // end
        System.out.println("held " + limits.check(limit, "user-42").allowed());
        limits.close();
    }

    private static long generate() {
        System.out.println("generate");
        return 1830;
    }

    private static final class Products {

        Integer find(String id) {
            System.out.println("find " + id);
            return 42;
        }
    }

    private static final class Numbers implements CacheCodec<Integer> {

        @Override
        public byte[] encode(Integer value) {
            return value.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Integer decode(byte[] json) {
            return Integer.valueOf(new String(json, StandardCharsets.UTF_8));
        }
    }

    private static void cache(CacheCodec<Integer> codec, String id) throws Exception {
        var endOfInvocation = inTenSeconds();
        try (var cached = CachedExecutor.fromEnvironment()) {
            // example
            var request = CachedRequest.of(CacheKey.of(Optional.of("products"), id), codec, 60)
                    .withStale(300); // seconds
            var product = cached.call("my-app", request, endOfInvocation, () -> products.find(id))
                    .value();
            // end
            System.out.println("product " + product.get());
        }
    }

    private static void runOnce() throws Exception {
        var endOfInvocation = inTenSeconds();
        // example
        try (var executor = IdempotentExecutor.fromEnvironment()) {
            var claim = new ClaimRequest(
                    new Claim(new IdempotencyKey("payments", "order-1"), Owner.random()),
                    new Fingerprint("amount=100"),
                    "request-1", // of the log
                    new ClaimLease(30_000), // milliseconds
                    new Lifetime(86_400)); // seconds
            var execution = executor.call("my-app", claim, endOfInvocation, () -> {
                pay();
                return new Response(201, List.of(), ResponseBody.EMPTY);
            });
            System.out.println(execution.getClass().getSimpleName()); // Done, then Replayed
        }
        // end
    }

    private static void pay() {
        System.out.println("pay");
    }

    private static Optional<StateValue> nextStep(Optional<StateValue> value) {
        return Optional.of(StateValue.of(value.isEmpty() ? "{\"step\":1}" : "{\"step\":2}"));
    }

    private static void state() throws Exception {
        var endOfInvocation = inTenSeconds();
        // example
        var states = States.fromEnvironment();
        var run = states.call(
                "my-app", StateClaim.of(StateKey.of("order-42")), endOfInvocation, value -> nextStep(value));
        // end
        System.out.println("state " + run.getClass().getSimpleName());
        states.close();
    }

    private static void send(String json) {
        System.out.println("send " + json);
    }

    private static void jobs() {
        var deadline = inTenSeconds();
        var endOfInvocation = inTenSeconds();
        // example
        try (var jobs = Jobs.fromEnvironment()) {
            var mail = NewJob.of(JobPayload.of("{\"to\":\"ada\"}"));
            var queued = jobs.store().enqueue("my-app", QueueName.of("mails"), mail, deadline);
            queued.toCompletableFuture().join();
            jobs.drain("my-app", QueueName.of("mails"), DrainOptions.DEFAULT, endOfInvocation, job -> {
                send(job.payload().json());
                return JobResult.DONE;
            });
        }
        // end
    }

    private static void keys() {
        // example
        try (var link = RedisLink.fromEnvironment()) {
            var cache = new IssuedKeyCache(IssuedKeyCache.DEFAULT_MAX_BYTES);
            var keys = new GuardedIssuedKeys(new RedisIssuedKeys(link), cache);
            new Outage(link).onRecovery(cache::clear);

            var owner = new OwnerId("acme");
            var secret = KeySecret.random(owner);
            var request = IssueRequest.of(owner, secret, "gk", KeyDetails.NONE, OptionalLong.empty());
            var issued = keys.issue("app", request, Deadline.in(Duration.ofSeconds(5)));
            issued.toCompletableFuture().join();

            var presented = PresentedKey.parse(secret.text("gk")).orElseThrow();
            var verified = keys.verify("app", presented, new TreeSet<>(), Deadline.in(Duration.ofSeconds(5)));
            System.out.println(verified.toCompletableFuture().join());
        }
        // end
    }

    private static void presenceAndChannels() {
        // example
        try (var link = RedisLink.fromEnvironment()) {
            var presence = GuardedPresence.over(link, new Outage(link), false);
            var log = new RedisChannelLog(link);
            var room = new ChannelName("room:42");

            var ada = EnterRequest.of(new MemberConnection("ada", "1"), 600, Optional.empty());
            var entered = presence.enter("app", room, ada, Deadline.in(Duration.ofSeconds(5)));
            System.out.println(entered.toCompletableFuture().join());

            var hello = Publication.of("message", "{\"text\":\"Hello\"}");
            var published = log.publish("app", room, hello, Deadline.in(Duration.ofSeconds(5)));
            System.out.println(published.toCompletableFuture().join());
        }
        // end
    }

    private static void sessions() {
        // example
        try (var sessions = GuardedSessions.fromEnvironment()) {
            var request = SessionRequest.of(
                    new UserId("ada"),
                    Attributes.NONE,
                    Device.UNKNOWN,
                    1_800, // idle timeout in seconds
                    86_400, // absolute timeout in seconds
                    5, // sessions of the user
                    SessionRequest.OnLimit.EVICT_OLDEST);
            var created = sessions.create("app", request, Deadline.in(Duration.ofSeconds(5)));
            System.out.println(created.toCompletableFuture().join());

            var found = sessions.lookup("app", request.token(), Touch.TOUCH, Deadline.in(Duration.ofSeconds(5)));
            System.out.println(found.toCompletableFuture().join());
        }
        // end
    }
}
