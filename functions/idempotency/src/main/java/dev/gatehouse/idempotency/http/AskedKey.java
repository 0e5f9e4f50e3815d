package dev.gatehouse.idempotency.http;

import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.StructuredField;
import dev.gatehouse.web.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key and scope of a request as they were given: the key in the body or in the header {@code Idempotency-Key}, or
 * in both if they agree. What it is worth is for the domain to say.
 */
record AskedKey(String scope, String key) {

    static final String HEADER = "Idempotency-Key";

    private static final Violation MISSING = new Violation("key", "is missing");

    /**
     * Reads them.
     *
     * @param headers all values of the header {@value #HEADER}
     */
    static AskedKey readFrom(JsonBody fields, List<String> headers) {
        var inHeader = inHeader(fields, headers);
        var scope = fields.has("scope") ? fields.text("scope") : "";
        if (headers.isEmpty()) {
            return new AskedKey(scope, fields.text("key"));
        }
        if (inHeader != null && fields.has("key") && !fields.text("key").equals(inHeader)) {
            fields.refuse("key", "is not the key of the header " + HEADER);
        }
        return new AskedKey(scope, inHeader == null ? "" : inHeader);
    }

    private static @Nullable String inHeader(JsonBody fields, List<String> headers) {
        if (headers.isEmpty()) {
            return null;
        }
        var key = headers.size() == 1 ? StructuredField.stringOf(headers.getFirst()) : null;
        if (key == null) {
            fields.refuse(HEADER, "must be given once, as a key or as a quoted string");
        }
        return key;
    }

    /** Whether what is wrong with a request is that it has no key. */
    static boolean isMissing(List<Violation> violations) {
        return violations.contains(MISSING);
    }
}
