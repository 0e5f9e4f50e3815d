// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.web.json.InvalidRequest;
import io.micronaut.http.HttpHeaders;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Parses {@code If-Match}, the version that a session must have as its entity tag (RFC 9110, 13.1.1). */
final class IfMatch {

    private static final Pattern TAG = Pattern.compile("(W/)?\"([!#-~\u0080-\u00ff]*)\"");
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,14}");

    /** A version that no session has: the first version is 1. */
    private static final OptionalLong NEVER = OptionalLong.of(0);

    private IfMatch() {}

    /**
     * Returns the required version.
     *
     * @param headers all values of the header
     * @return empty for any version; for a foreign or weak tag, a version that no session has
     * @throws InvalidRequest if the header is malformed, or given more than once
     */
    static OptionalLong parse(List<String> headers) {
        var value = headers.size() == 1 ? headers.getFirst().strip() : "";
        if (headers.isEmpty() || value.equals("*")) {
            return OptionalLong.empty();
        }
        var tag = TAG.matcher(value);
        if (!tag.matches()) {
            throw new InvalidRequest(
                    HttpHeaders.IF_MATCH, "must be given once, as * or as one version in quotes: \"3\"");
        }
        return tag.group(1) == null && VERSION.matcher(tag.group(2)).matches()
                ? OptionalLong.of(Long.parseLong(tag.group(2)))
                : NEVER;
    }
}
