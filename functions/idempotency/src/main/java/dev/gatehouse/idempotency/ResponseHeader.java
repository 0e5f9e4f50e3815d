// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.validation.InvalidArgument;
import java.util.regex.Pattern;

/**
 * A header of a response. A header with several values occurs once for each.
 *
 * @param name 1 to 128 characters of an HTTP token
 * @param value up to 8192 characters of ISO 8859-1 without control characters
 */
public record ResponseHeader(String name, String value) {

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
    private static final Pattern VALUE = Pattern.compile("[\\t -~\\x80-\\xff]{0,8192}");

    public ResponseHeader {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidArgument("response.headers", "must have names of 1 to 128 characters of an HTTP token");
        }
        if (!VALUE.matcher(value).matches()) {
            throw new InvalidArgument(
                    "response.headers", "must have values of up to 8192 characters, none of them a control character");
        }
    }

    /** Returns whether a header can have this name and value. */
    public static boolean canBe(String name, String value) {
        return NAME.matcher(name).matches() && VALUE.matcher(value).matches();
    }

    /** Leaves out the value, which may be a secret. */
    @Override
    public String toString() {
        return name + ": …";
    }
}
