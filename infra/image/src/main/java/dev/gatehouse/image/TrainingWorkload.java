// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.image;

import dev.gatehouse.testkit.lambda.HttpPackage;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The calls of a function's training run: the usual requests in production, successful and rejected. The cache contains
 * only classes that these calls use.
 *
 * @param calls returns the calls of a round, counted from 1, which are independent of earlier rounds
 */
record TrainingWorkload(String handler, IntFunction<List<TrainingCall>> calls) {

    private static final String HTTP = "dev.gatehouse.lambda.HttpApiHandler";
    private static final String BY_REDIS = "\\\"degraded\\\":false";

    /**
     * @param function the name of its folder
     * @param token the token of a live session
     * @throws IllegalArgumentException if there is no such function
     */
    static TrainingWorkload of(String function, String token) {
        return switch (function) {
            case "rate-limit" -> new TrainingWorkload(HTTP, TrainingWorkload::rateLimit);
            case "idempotency" -> new TrainingWorkload(HTTP, TrainingWorkload::idempotency);
            case "cache" -> new TrainingWorkload(HTTP, TrainingWorkload::cache);
            case "state" -> new TrainingWorkload(HTTP, TrainingWorkload::state);
            case "realtime" -> new TrainingWorkload(HTTP, TrainingWorkload::realtime);
            case "jobs" -> new TrainingWorkload(HTTP, TrainingWorkload::jobs);
            case "session" -> new TrainingWorkload(HTTP, round -> session(token, round));
            case "api-keys" -> new TrainingWorkload(HTTP, TrainingWorkload::apiKeys);
            case "health" -> new TrainingWorkload(HTTP, _ -> health());
            case "authorizer" ->
                new TrainingWorkload("dev.gatehouse.authorizer.lambda.AuthorizerFunction", _ -> authorizer(token));
            default -> throw new IllegalArgumentException("no function: " + function);
        };
    }

    private static List<TrainingCall> rateLimit(int round) {
        var one =
                check("{\"name\":\"one\",\"subject\":\"ada-%d\",\"limit\":1,\"windowSeconds\":3600}".formatted(round));
        return List.of(
                new TrainingCall(
                        check("{\"name\":\"api\",\"subject\":\"ada\",\"limit\":1000000,\"windowSeconds\":60},"
                                + "{\"name\":\"daily\",\"subject\":\"ada\",\"limit\":1000000,\"windowSeconds\":86400,"
                                + "\"algorithm\":\"sliding-window\"}"),
                        BY_REDIS),
                new TrainingCall(one, "\"statusCode\":200"),
                new TrainingCall(one, "\"statusCode\":429"));
    }

    private static String check(String limits) {
        return HttpPackage.post("/v1/rate-limits/check", "{\"limits\":[%s]}".formatted(limits));
    }

    private static List<TrainingCall> idempotency(int round) {
        var completion =
                "{\"key\":\"k-%d\",\"owner\":\"ada\",\"response\":{\"status\":201,\"body\":\"done\"}}".formatted(round);
        return List.of(
                new TrainingCall(claim("ada", round), BY_REDIS),
                new TrainingCall(claim("bob", round), "\"statusCode\":409"),
                new TrainingCall(HttpPackage.post("/v1/idempotency/claims/complete", completion), "\"statusCode\":200"),
                new TrainingCall(claim("bob", round), "\"Idempotent-Replayed\":\"true\""));
    }

    private static String claim(String owner, int round) {
        return HttpPackage.post(
                "/v1/idempotency/claims", "{\"key\":\"k-%d\",\"owner\":\"%s\"}".formatted(round, owner));
    }

    private static List<TrainingCall> cache(int round) {
        var key = "\"key\":{\"q\":\"k-%d\"},\"scope\":\"s\"".formatted(round);
        var lookup = HttpPackage.post("/v1/cache/lookup", "{\"entries\":[{%s,\"owner\":\"ada\"}]}".formatted(key));
        var fill = "{%s,\"owner\":\"ada\",\"value\":{\"a\":1},\"freshSeconds\":60}".formatted(key);
        return List.of(
                new TrainingCall(lookup, BY_REDIS),
                new TrainingCall(HttpPackage.post("/v1/cache/fill", fill), BY_REDIS),
                new TrainingCall(lookup, "fresh"),
                new TrainingCall(
                        HttpPackage.post("/v1/cache/invalidate", "{\"scope\":\"s\",\"tags\":[\"t\"]}"),
                        "\"statusCode\":204"));
    }

    private static List<TrainingCall> state(int round) {
        var key = "\"id\":\"k-%d\",\"group\":\"g\"".formatted(round);
        var save = "{%s,\"expect\":\"absent\",\"value\":{\"step\":1,\"items\":[]}}".formatted(key);
        return List.of(
                new TrainingCall(HttpPackage.post("/v1/states/save", save), BY_REDIS),
                new TrainingCall(HttpPackage.post("/v1/states/save", save), "\"statusCode\":412"),
                new TrainingCall(HttpPackage.post("/v1/states/claim", "{%s}".formatted(key)), "\"statusCode\":201"),
                new TrainingCall(HttpPackage.post("/v1/states/read", "{%s}".formatted(key)), BY_REDIS));
    }

    /** Each round publishes on a channel of its own. Its position is unknown here, so that the reader has missed events. */
    private static List<TrainingCall> realtime(int round) {
        var channel = "\"channel\":\"c-%d\"".formatted(round);
        var connection = "{%s,\"userId\":\"ada\",\"connectionId\":\"1\"}".formatted(channel);
        var event =
                "{%s,\"event\":\"message\",\"data\":{\"a\":1},\"id\":\"one\",\"recipients\":true}".formatted(channel);
        var reader = "{%s,\"since\":\"1-AAAAAAAAAAAAAAAAAAAAAA\"}".formatted(channel);
        return List.of(
                new TrainingCall(HttpPackage.post("/v1/presence/enter", connection), BY_REDIS),
                new TrainingCall(HttpPackage.post("/v1/channels/publish", event), BY_REDIS),
                new TrainingCall(HttpPackage.post("/v1/channels/publish", event), "\"statusCode\":200"),
                new TrainingCall(HttpPackage.post("/v1/channels/catch-up", reader), "\\\"recovered\\\":false"),
                new TrainingCall(HttpPackage.post("/v1/presence/list", "{%s}".formatted(channel)), BY_REDIS),
                new TrainingCall(HttpPackage.post("/v1/presence/leave", connection), BY_REDIS));
    }

    /** Each round has a queue of its own. The lease is known by the request that takes. */
    private static List<TrainingCall> jobs(int round) {
        var queue = "\"queue\":\"q-%d\"".formatted(round);
        var job = "{%s,\"id\":\"one\",\"group\":\"g\",\"payload\":{\"a\":1}}".formatted(queue);
        var taker = "{%s,\"drainer\":\"d\",\"attendMillis\":60000,\"requestId\":\"r\"}".formatted(queue);
        var lease = "{%s,\"id\":\"one\",\"lease\":\"r.1\"}".formatted(queue);
        return List.of(
                new TrainingCall(HttpPackage.post("/v1/jobs/enqueue", job), "\"statusCode\":201"),
                new TrainingCall(HttpPackage.post("/v1/jobs/enqueue", job), "\\\"outcome\\\":\\\"kept\\\""),
                new TrainingCall(HttpPackage.post("/v1/jobs/take", taker), "\\\"lease\\\":\\\"r.1\\\""),
                new TrainingCall(HttpPackage.post("/v1/jobs/extend", lease), BY_REDIS),
                new TrainingCall(HttpPackage.post("/v1/jobs/complete", lease), BY_REDIS),
                new TrainingCall(HttpPackage.post("/v1/jobs/complete", lease), BY_REDIS));
    }

    private static List<TrainingCall> session(String token, int round) {
        var session = "{\"userId\":\"bob-%d\",\"attributes\":{\"theme\":\"dark\"}}".formatted(round);
        return List.of(
                new TrainingCall(HttpPackage.post("/v1/sessions", session), BY_REDIS),
                new TrainingCall(lookup(token), BY_REDIS),
                new TrainingCall(lookup(token.replace(token.charAt(token.length() - 1), '-')), "\"statusCode\":401"));
    }

    private static String lookup(String token) {
        return HttpPackage.post("/v1/sessions/lookup", "{\"token\":\"%s\"}".formatted(token));
    }

    /** Imports the digest of a generated key, whose text is therefore known. */
    private static List<TrainingCall> apiKeys(int round) {
        var key = "gk_1S14o1SsZY0fSadaadaadaadaadaadaadaadaadaadaada4FjwOf";
        var digest = "266403b3d6196ae5c5b7cafc8d0444d874f1b350a60d3635e941f39eb1c45f60";
        var limit = "{\"name\":\"api-%d\",\"limit\":1,\"windowSeconds\":3600}".formatted(round);
        var verify = HttpPackage.post("/v1/api-keys/verify", "{\"key\":\"%s\",\"limits\":[%s]}".formatted(key, limit));
        return List.of(
                new TrainingCall(
                        HttpPackage.post("/v1/api-keys", "{\"ownerId\":\"bob-%d\"}".formatted(round)), BY_REDIS),
                new TrainingCall(
                        HttpPackage.post("/v1/api-keys", "{\"ownerId\":\"ada\",\"digest\":\"%s\"}".formatted(digest)),
                        BY_REDIS),
                new TrainingCall(verify, "\"statusCode\":200"),
                new TrainingCall(verify, "\"statusCode\":429"),
                new TrainingCall(
                        HttpPackage.post("/v1/api-keys/verify", "{\"key\":\"%sx\"}".formatted(key)),
                        "\"statusCode\":401"));
    }

    private static List<TrainingCall> health() {
        return List.of(
                new TrainingCall(HttpPackage.event("GET", "/health", ""), "\"statusCode\":200"),
                new TrainingCall(HttpPackage.event("GET", "/health/readiness", ""), "\"statusCode\":200"),
                new TrainingCall(HttpPackage.event("GET", "/health/redis", ""), "\"statusCode\":200"));
    }

    private static List<TrainingCall> authorizer(String token) {
        return List.of(
                new TrainingCall(authorization(token), "\"degraded\":false"),
                new TrainingCall(authorization("nobody"), "\"isAuthorized\":false"));
    }

    private static String authorization(String token) {
        return """
            {
              "version": "2.0", "type": "REQUEST", "identitySource": null, "routeKey": "$default", "rawPath": "/",
              "routeArn": "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/$default/GET/",
              "headers": {"authorization": "Bearer %s", "host": "api.example"},
              "requestContext": {
                "accountId": "123456789012", "apiId": "a1b2c3", "stage": "$default", "routeKey": "$default",
                "requestId": "JKJaXmPLvHcESHA=", "timeEpoch": 1700000000000,
                "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
              }
            }\
            """.formatted(token);
    }
}
