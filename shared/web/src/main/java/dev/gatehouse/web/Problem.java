// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.gatehouse.web.json.JsonBinder;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error response: problem details after RFC 9457.
 *
 * @param type a URI that names the kind of problem
 * @param detail the details of this occurrence, for a person to read
 * @param members further members of the body
 * @param headers the headers of the response
 */
@Serdeable.Serializable
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @JsonAnyGetter Map<String, @Nullable Object> members,
        @JsonIgnore Map<String, String> headers) {

    /** Returns a problem of type {@code urn:gatehouse:problem:<slug>}. */
    public static Problem of(String slug, String title, int status, String detail) {
        return ofType("urn:gatehouse:problem:" + slug, title, status, detail);
    }

    /** Returns a problem of a registered type. */
    public static Problem ofType(String type, String title, int status, String detail) {
        return new Problem(type, title, status, detail, Map.of(), Map.of());
    }

    /** 400: the request breaks the rules of its operation. */
    public static Problem invalidRequest(List<Violation> violations) {
        return of("invalid-request", "Invalid request", 400, summary(violations))
                .with("errors", violations);
    }

    private static String summary(List<Violation> violations) {
        var first = violations.getFirst();
        var others = violations.size() == 1 ? "" : " (and " + (violations.size() - 1) + " more)";
        return first.field() + " " + first.message() + others;
    }

    /** 401: the caller is not authenticated. */
    public static Problem unauthenticated(String detail) {
        return of("unauthenticated", "Unauthorized", 401, detail)
                .withHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"gatehouse\"");
    }

    /** 403: the caller is not allowed to do this. */
    public static Problem forbidden(String detail) {
        return of("forbidden", "Forbidden", 403, detail);
    }

    /** 406: no accepted type is one that the operation can produce. */
    public static Problem notAcceptable() {
        return of("not-acceptable", "Not Acceptable", 406, "Accept must include application/json.");
    }

    /** 413: the body or the headers are larger than any operation accepts. */
    public static Problem contentTooLarge() {
        return of(
                "content-too-large",
                "Content Too Large",
                413,
                "A body may hold up to " + JsonBinder.MAX_BODY_BYTES / 1024
                        + " KiB, an address 4 KiB, all headers 8 KiB.");
    }

    /** 415: the body is not declared as JSON, or is compressed. */
    public static Problem unsupportedMediaType() {
        return of(
                "unsupported-media-type",
                "Unsupported Media Type",
                415,
                "Content-Type must be application/json, of a merge patch also application/merge-patch+json, "
                        + "without a Content-Encoding.");
    }

    /** 500: an unexpected error, which is in the log under the request's id. */
    public static Problem internalError() {
        return of("internal-error", "Internal Server Error", 500, "The error has been logged under this request's id.");
    }

    /** 503: Redis does not reply and the operation's policy is closed. */
    public static Problem storeUnavailable(Duration retryAfter) {
        return of("store-unavailable", "Store unavailable", 503, "No decision could be made. Retry later.")
                .withRetryAfter(retryAfter);
    }

    /** Returns this problem with another detail. */
    public Problem withDetail(String other) {
        return new Problem(type, title, status, other, members, headers);
    }

    /** Returns this problem with one more member. */
    public Problem with(String member, @Nullable Object value) {
        var more = new LinkedHashMap<String, @Nullable Object>(members);
        more.put(member, value);
        return new Problem(type, title, status, detail, more, headers);
    }

    /** Returns this problem with one more header. */
    public Problem withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(type, title, status, detail, members, more);
    }

    /** Returns this problem with {@code Retry-After} in whole seconds, rounded up, at least 1. */
    public Problem withRetryAfter(Duration wait) {
        return withHeader(
                HttpHeaders.RETRY_AFTER,
                Long.toString(Math.max(1, Seconds.roundedUp(wait).value())));
    }

    /** Returns the last word of the type, such as {@code store-unavailable}. */
    public String slug() {
        return type.substring(Math.max(type.lastIndexOf(':'), type.lastIndexOf('#')) + 1);
    }

    /** Returns the response of this problem. */
    public MutableHttpResponse<Problem> response() {
        return writtenTo(HttpResponse.status(HttpStatus.valueOf(status)));
    }

    /** Returns the response of this problem, which telemetry reports as {@code outcome} instead of the slug. */
    public MutableHttpResponse<Problem> responseReportedAs(String outcome) {
        var response = response();
        response.setAttribute(RequestTelemetry.OUTCOME, outcome);
        return response;
    }

    /** Returns {@code response} with this problem as its body. */
    @SuppressWarnings("unchecked")
    MutableHttpResponse<Problem> writtenTo(MutableHttpResponse<?> response) {
        var written = ((MutableHttpResponse<Problem>) response)
                .body(this)
                .contentType(MediaType.APPLICATION_JSON_PROBLEM_TYPE);
        headers.forEach(written::header);
        return written;
    }
}
