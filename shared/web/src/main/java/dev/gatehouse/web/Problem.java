package dev.gatehouse.web;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
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

/**
 * An error as its caller sees it: problem details after RFC 9457.
 *
 * @param type a URI that names the kind of problem
 * @param detail what is wrong this time, for a person to read
 * @param members further members of the body
 * @param headers of the response
 */
@Serdeable.Serializable
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @JsonAnyGetter Map<String, Object> members,
        @JsonIgnore Map<String, String> headers) {

    /** A problem of ours: type {@code urn:gatehouse:problem:<slug>}. */
    public static Problem of(String slug, String title, int status, String detail) {
        return ofType("urn:gatehouse:problem:" + slug, title, status, detail);
    }

    /** A problem whose type others have registered. */
    public static Problem ofType(String type, String title, int status, String detail) {
        return new Problem(type, title, status, detail, Map.of(), Map.of());
    }

    /** 400: the body is not what the operation takes. */
    public static Problem invalidRequest(List<Violation> violations) {
        return of("invalid-request", "The request is invalid", 400, summary(violations))
                .with("errors", violations);
    }

    private static String summary(List<Violation> violations) {
        var first = violations.getFirst();
        var others = violations.size() == 1 ? "" : " (and " + (violations.size() - 1) + " more)";
        return first.field() + " " + first.message() + others;
    }

    /** 401: the caller gave no API key, or one that is not known. */
    public static Problem unauthenticated(String detail) {
        return of("unauthenticated", "Who is calling is not known", 401, detail)
                .withHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"gatehouse\"");
    }

    /** 413: the body, or what comes before it, is larger than any operation takes. */
    public static Problem contentTooLarge() {
        return of(
                "content-too-large",
                "The request is too large",
                413,
                "A body may hold up to " + JsonBody.MAX_BODY_BYTES / 1024
                        + " KiB, an address 4 KiB, all headers 8 KiB.");
    }

    /** 415: the body is not said to be JSON, or to be packed. */
    public static Problem unsupportedMediaType() {
        return of(
                "unsupported-media-type",
                "Only JSON is understood here",
                415,
                "Content-Type must be application/json, of a PATCH also application/merge-patch+json, without a "
                        + "Content-Encoding.");
    }

    /** 500: a fault of ours; what it was is in the log under the request's id. */
    public static Problem internalError() {
        return of(
                "internal-error",
                "Something went wrong",
                500,
                "The fault is ours and has been logged under this request's id.");
    }

    /** 503: Redis did not answer and the operation's policy is to refuse. */
    public static Problem storeUnavailable(Duration retryAfter) {
        return of("store-unavailable", "The store does not answer", 503, "No decision could be made. Ask again later.")
                .withRetryAfter(retryAfter);
    }

    /** This problem with other words for what is wrong this time. */
    public Problem withDetail(String other) {
        return new Problem(type, title, status, other, members, headers);
    }

    /** This problem with one member more. */
    public Problem with(String member, Object value) {
        var more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new Problem(type, title, status, detail, more, headers);
    }

    /** This problem with one header more. */
    public Problem withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(type, title, status, detail, members, more);
    }

    /** This problem with {@code Retry-After}: whole seconds, rounded up, at least 1. */
    public Problem withRetryAfter(Duration wait) {
        return withHeader(
                HttpHeaders.RETRY_AFTER,
                Long.toString(Math.max(1, Seconds.roundedUp(wait).value())));
    }

    /** The last word of its type, as {@code store-unavailable}: there are as many as there are kinds of problem. */
    public String slug() {
        return type.substring(Math.max(type.lastIndexOf(':'), type.lastIndexOf('#')) + 1);
    }

    /** The response that tells it. */
    public MutableHttpResponse<Problem> response() {
        return writtenTo(HttpResponse.status(HttpStatus.valueOf(status)));
    }

    /** {@code response}, telling it. */
    @SuppressWarnings("unchecked")
    MutableHttpResponse<Problem> writtenTo(MutableHttpResponse<?> response) {
        var written = ((MutableHttpResponse<Problem>) response)
                .body(this)
                .contentType(MediaType.APPLICATION_JSON_PROBLEM_TYPE);
        headers.forEach(written::header);
        return written;
    }
}
