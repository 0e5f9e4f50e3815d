package dev.gatehouse.image;

import dev.gatehouse.fixtures.HttpPackage;
import java.util.List;

/**
 * What a function does in its training run: what it is started for in service, by Redis, and the ways to say no. What is not
 * done here is loaded without the cache in service.
 */
record Curriculum(String handler, List<Lesson> lessons) {

    private static final String HTTP = "dev.gatehouse.lambda.HttpFunction";
    private static final String BY_REDIS = "\\\"degraded\\\":false";

    /**
     * @param function name of its folder
     * @param token of a live session
     * @throws IllegalArgumentException if there is no such function
     */
    static Curriculum of(String function, String token) {
        return switch (function) {
            case "rate-limit" -> new Curriculum(HTTP, rateLimit());
            case "idempotency" -> new Curriculum(HTTP, idempotency());
            case "session" -> new Curriculum(HTTP, session(token));
            case "health" -> new Curriculum(HTTP, health());
            case "authorizer" ->
                new Curriculum("dev.gatehouse.functions.authorizer.AuthorizerFunction", authorizer(token));
            default -> throw new IllegalArgumentException("no function: " + function);
        };
    }

    private static List<Lesson> rateLimit() {
        var one = check("{\"name\":\"one\",\"subject\":\"ada\",\"limit\":1,\"windowSeconds\":3600}");
        return List.of(
                new Lesson(
                        check("{\"name\":\"api\",\"subject\":\"ada\",\"limit\":1000,\"windowSeconds\":60},"
                                + "{\"name\":\"daily\",\"subject\":\"ada\",\"limit\":1000,\"windowSeconds\":86400,"
                                + "\"algorithm\":\"sliding-window\"}"),
                        BY_REDIS),
                new Lesson(one, "\"statusCode\":200"),
                new Lesson(one, "\"statusCode\":429"));
    }

    private static String check(String limits) {
        return HttpPackage.post("/v1/rate-limits/check", "{\"limits\":[%s]}".formatted(limits));
    }

    private static List<Lesson> idempotency() {
        var completion = "{\"key\":\"k\",\"owner\":\"ada\",\"response\":{\"status\":201,\"body\":\"done\"}}";
        return List.of(
                new Lesson(claim("ada"), BY_REDIS),
                new Lesson(claim("bob"), "\"statusCode\":409"),
                new Lesson(HttpPackage.post("/v1/idempotency/claims/complete", completion), "\"statusCode\":200"),
                new Lesson(claim("bob"), "\"Idempotent-Replayed\":\"true\""));
    }

    private static String claim(String owner) {
        return HttpPackage.post("/v1/idempotency/claims", "{\"key\":\"k\",\"owner\":\"%s\"}".formatted(owner));
    }

    private static List<Lesson> session(String token) {
        return List.of(
                new Lesson(
                        HttpPackage.post("/v1/sessions", "{\"userId\":\"bob\",\"attributes\":{\"theme\":\"dark\"}}"),
                        BY_REDIS),
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
