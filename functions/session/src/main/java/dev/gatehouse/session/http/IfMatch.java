package dev.gatehouse.session.http;

import dev.gatehouse.web.JsonBody;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** {@code If-Match}: the version that a session must be at, as its entity tag (RFC 9110, 13.1.1). */
final class IfMatch {

    static final String HEADER = "If-Match";

    private static final String ANY = "*";
    private static final Pattern TAG = Pattern.compile("(W/)?\"([!#-~\u0080-\u00ff]*)\"");
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,14}");

    /** No session is at it: the first version is 1. */
    private static final OptionalLong NEVER = OptionalLong.of(0);

    private IfMatch() {}

    /**
     * Reads it.
     *
     * @param headers all values of the header
     * @return empty for any version; for a tag that is none of ours, or a weak one, a version at which no session is
     */
    static OptionalLong readFrom(JsonBody fields, List<String> headers) {
        if (headers.isEmpty()) {
            return OptionalLong.empty();
        }
        var given = headers.size() == 1 ? headers.getFirst().strip() : "";
        if (given.equals(ANY)) {
            return OptionalLong.empty();
        }
        var tag = TAG.matcher(given);
        if (!tag.matches()) {
            fields.refuse(HEADER, "must be given once, as * or as one version in quotes: \"3\"");
            return NEVER;
        }
        return tag.group(1) == null && VERSION.matcher(tag.group(2)).matches()
                ? OptionalLong.of(Long.parseLong(tag.group(2)))
                : NEVER;
    }
}
