// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.lambda.Invocation;
import dev.gatehouse.lambda.Snapshot;
import dev.gatehouse.realtime.lambda.WebSocketEvent.Anonymous;
import dev.gatehouse.realtime.lambda.WebSocketEvent.Connected;
import dev.gatehouse.realtime.lambda.WebSocketEvent.Disconnected;
import dev.gatehouse.realtime.lambda.WebSocketEvent.Malformed;
import dev.gatehouse.realtime.lambda.WebSocketEvent.Message;
import dev.gatehouse.realtime.lambda.WebSocketEvent.OfUser;
import dev.gatehouse.realtime.socket.ChannelRights;
import dev.gatehouse.realtime.socket.SocketHandler;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.JsonLine;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.DeadlineFactory;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the events of a WebSocket API: {@code $connect}, behind the authorizer of this project; {@code $disconnect}; and
 * {@code $default}, for all messages. The user and the tenant of a WebSocket are in the context that the authorizer returned,
 * which API Gateway adds to each event.
 *
 * <p>A WebSocket cannot get messages before {@code $connect} has returned, so a client joins by its first message. Any message
 * continues the presence in all channels, once a minute at the most; a {@code ping} always does.
 *
 * <p>The status of a response matters for {@code $connect} only: API Gateway opens the WebSocket by a 200. The invocation never
 * fails, and ends in time: what is not posted by then is given up.
 */
public final class WebSocketFunction implements RequestStreamHandler {

    /** The URL of the API's stage; by default, that of the event. */
    static final String ENDPOINT = "GATEHOUSE_WEBSOCKET_ENDPOINT";

    /** The time after which a WebSocket is absent without a message, and after which API Gateway closes an idle one. */
    static final long TTL_SECONDS = 600;

    private static final Logger LOG = LoggerFactory.getLogger(WebSocketFunction.class);

    private static final Duration HEARTBEAT = Duration.ofMinutes(1);

    /** The time to remove closed WebSockets after the last post. */
    private static final Duration RESERVED = Duration.ofMillis(300);

    /** Exceeds the maximum timeout of the function, 29 seconds behind API Gateway. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final WebSocketStores stores;
    private final ChannelRights rights;
    private final ManagementApi api;
    private final DeadlineFactory deadlines;
    private final Duration budget;
    private final Outage outage;
    private final Telemetry telemetry;
    private final Optional<String> endpoint;

    /** Starts the function; Lambda calls this constructor. */
    public WebSocketFunction() {
        this(FunctionContext.start(), System.getenv());
        Snapshot.prime(WebSocketPriming::run);
    }

    /** Serves with the beans of {@code context}, which must be running. */
    WebSocketFunction(ApplicationContext context, Map<String, String> environment) {
        stores = context.getBean(WebSocketStores.class);
        rights = context.getBean(ChannelRights.class);
        api = context.getBean(ManagementApi.class);
        deadlines = context.getBean(DeadlineFactory.class);
        budget = context.getBean(RedisSettings.class).decisionBudget();
        outage = context.getBean(Outage.class);
        telemetry = context.getBean(Telemetry.class);
        endpoint = endpoint(environment);
    }

    private static Optional<String> endpoint(Map<String, String> environment) {
        var url = environment.getOrDefault(ENDPOINT, "").strip();
        if (!url.isEmpty() && !url.matches("https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_.~-]+)*/?")) {
            throw new InvalidSetting(ENDPOINT, "must be the URL of a stage, such as https://api.example.com/live");
        }
        return Optional.of(url.replaceFirst("/$", "")).filter(one -> !one.isEmpty());
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, @Nullable Context lambda) throws IOException {
        var event = WebSocketEvent.read(in.readAllBytes());
        int status = Invocation.serve(lambda, Duration.ZERO, () -> respond(event, lambda));
        new JsonLine().number("statusCode", status).writeTo(out);
    }

    private int respond(WebSocketEvent event, @Nullable Context lambda) {
        var start = System.nanoTime();
        var gateways = event.requestId();
        var requestId = gateways != null ? gateways : lambda == null ? "none" : lambda.getAwsRequestId();
        CurrentRequest.begin(requestId);
        var tenant = event instanceof OfUser of ? of.user().tenant() : null;
        if (tenant != null) {
            CurrentRequest.setTenant(tenant);
        }
        var result = serve(event);
        telemetry.recordRequest(new RequestFacts(
                "realtime",
                event.route(),
                result.outcome,
                result.status,
                result.source,
                Duration.ofNanos(System.nanoTime() - start),
                requestId,
                tenant));
        // The client has an error message already, and API Gateway must not add one of its own.
        return result.status == 503 ? 200 : result.status;
    }

    private record Result(
            int status, String outcome, @Nullable Source source) {}

    private Result serve(WebSocketEvent event) {
        try {
            return switch (event) {
                case Malformed(var _, var problem) -> {
                    LOG.warn("Denied an event that API Gateway does not send: {}", problem);
                    yield new Result(400, "invalid-request", null);
                }
                case Anonymous _ -> {
                    LOG.warn("Denied a WebSocket without a user: $connect needs the authorizer, and a session");
                    yield new Result(401, "unauthorized", null);
                }
                case Connected _ -> new Result(200, "ok", null);
                case OfUser of -> serve(of);
            };
        } catch (RuntimeException e) {
            LOG.error("A WebSocket event failed", e);
            return new Result(500, "internal-error", null);
        }
    }

    private Result serve(OfUser event) {
        var url = endpoint.orElse(event.endpoint());
        if (url == null) {
            LOG.warn("A WebSocket event has no domain of API Gateway. Set {}.", ENDPOINT);
            return new Result(400, "invalid-request", null);
        }
        api.prepare();
        var end = deadlines.afterWaiting(LONGEST);
        var posts = new ConnectionPosts(api, url, new Deadline(end.nanoTime() - RESERVED.toNanos()));
        var delivery = new GatewayDelivery(stores.events(), stores.recipients(), stores.presence(), posts, end, budget);
        var handler = new SocketHandler(
                stores.presence(), stores.events(), stores.channels(), rights, stores.limiter(), delivery, TTL_SECONDS);
        handle(handler, event, end);
        if (delivery.finish()) {
            // The WebSocket was closed meanwhile, perhaps before this message joined a channel.
            handler.closed(event.user(), end.atMost(budget))
                    .toCompletableFuture()
                    .join();
            var _ = delivery.finish();
        }
        return outage.isOngoing()
                ? new Result(503, "store-unavailable", Source.LOCAL)
                : new Result(200, "ok", Source.REDIS);
    }

    /** The stages complete by their deadlines, which bounds the waits. */
    private void handle(SocketHandler handler, OfUser event, Deadline end) {
        var user = event.user();
        if (event instanceof Message message) {
            handler.handle(user, message.text(), end.atMost(budget))
                    .thenCompose(_ -> handler.heartbeat(user, HEARTBEAT, end.atMost(budget)))
                    .toCompletableFuture()
                    .join();
        } else if (event instanceof Disconnected) {
            handler.closed(user, end.atMost(budget)).toCompletableFuture().join();
        }
    }
}
