package dev.gatehouse.image;

import dev.gatehouse.testkit.lambda.HttpPackage;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What a function does in its training run: what it is started for in service, by Redis, and the ways to say no. What is not
 * done here is loaded without the cache in service.
 *
 * @param lessons of each round, counted from 1, which find nothing in Redis of the rounds before
 */
record Curriculum(String handler, IntFunction<List<Lesson>> lessons) {

    private static final String HTTP = "dev.gatehouse.lambda.HttpFunction";
    private static final String BY_REDIS = "\\\"degraded\\\":false";

    /**
     * @param function name of its folder
     * @param token of a live session
     * @throws IllegalArgumentException if there is no such function
     */
    static Curriculum of(String function, String token) {
        return switch (function) {
            case "rate-limit" -> new Curriculum(HTTP, Curriculum::rateLimit);
            case "idempotency" -> new Curriculum(HTTP, Curriculum::idempotency);
            case "session" -> new Curriculum(HTTP, round -> session(token, round));
            case "health" -> new Curriculum(HTTP, _ -> health());
            case "authorizer" ->
                new Curriculum("dev.gatehouse.authorizer.lambda.AuthorizerFunction", _ -> authorizer(token));
            default -> throw new IllegalArgumentException("no function: " + function);
        };
    }

    private static List<Lesson> rateLimit(int round) {
        var one =
                check("{\"name\":\"one\",\"subject\":\"ada-%d\",\"limit\":1,\"windowSeconds\":3600}".formatted(round));
        return List.of(
                new Lesson(
                        check("{\"name\":\"api\",\"subject\":\"ada\",\"limit\":1000000,\"windowSeconds\":60},"
                                + "{\"name\":\"daily\",\"subject\":\"ada\",\"limit\":1000000,\"windowSeconds\":86400,"
                                + "\"algorithm\":\"sliding-window\"}"),
                        BY_REDIS),
                new Lesson(one, "\"statusCode\":200"),
                new Lesson(one, "\"statusCode\":429"));
    }

    private static String check(String limits) {
        return HttpPackage.post("/v1/rate-limits/check", "{\"limits\":[%s]}".formatted(limits));
    }

    private static List<Lesson> idempotency(int round) {
        var completion =
                "{\"key\":\"k-%d\",\"owner\":\"ada\",\"response\":{\"status\":201,\"body\":\"done\"}}".formatted(round);
        return List.of(
                new Lesson(claim("ada", round), BY_REDIS),
                new Lesson(claim("bob", round), "\"statusCode\":409"),
                new Lesson(HttpPackage.post("/v1/idempotency/claims/complete", completion), "\"statusCode\":200"),
                new Lesson(claim("bob", round), "\"Idempotent-Replayed\":\"true\""));
    }

    private static String claim(String owner, int round) {
        return HttpPackage.post(
                "/v1/idempotency/claims", "{\"key\":\"k-%d\",\"owner\":\"%s\"}".formatted(round, owner));
    }

    private static List<Lesson> session(String token, int round) {
        var session = "{\"userId\":\"bob-%d\",\"attributes\":{\"theme\":\"dark\"}}".formatted(round);
        return List.of(
                new Lesson(HttpPackage.post("/v1/sessions", session), BY_REDIS),
                new Lesson(lookup(token), BY_REDIS),
                new Lesson(lookup(token.replace(token.charAt(token.length() - 1), '-')), "\"statusCode\":401"));
    }

    private static String lookup(String token) {
        return HttpPackage.post("/v1/sessions/lookup", "{\"token\":\"%s\"}".formatted(token));
    }

    private static List<Lesson> health() {
        return List.of(
                new Lesson(HttpPackage.event("GET", "/health", ""), "\"statusCode\":200"),
                new Lesson(HttpPackage.event("GET", "/health/readiness", ""), "\"statusCode\":200"),
                new Lesson(HttpPackage.event("GET", "/health/redis", ""), "\"statusCode\":200"));
    }

    private static List<Lesson> authorizer(String token) {
        return List.of(
                new Lesson(authorization(token), "\"degraded\":false"),
                new Lesson(authorization("nobody"), "\"isAuthorized\":false"));
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
                }""".formatted(token);
    }
}
