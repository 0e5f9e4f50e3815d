// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The changeable details of a key.
 *
 * @param name for people: 1 to {@value #MAX_NAME} characters (code points), or null
 * @param scopes the rights of the key, up to {@value #MAX_SCOPES}, each as {@link #SCOPE_PATTERN}
 * @param attributes the text of a JSON object, up to {@value #MAX_ATTRIBUTES} bytes
 */
public record KeyDetails(@Nullable String name, SortedSet<String> scopes, String attributes) {

    public static final int MAX_NAME = 128;
    public static final int MAX_SCOPES = 64;
    public static final int MAX_ATTRIBUTES = 4096;
    public static final String SCOPE_PATTERN = "^[A-Za-z0-9._:*/-]{1,64}$";
    public static final String SCOPE_RULE = "must be 1 to 64 characters of A-Z a-z 0-9 . _ : * / -";

    public static final KeyDetails NONE = new KeyDetails(null, new TreeSet<>(), "{}");

    private static final Pattern SCOPE = Pattern.compile(SCOPE_PATTERN);

    /** @throws InvalidArgument if a component is out of its bounds */
    public KeyDetails {
        checkName(name);
        scopes = checkedScopes(scopes);
        checkAttributes(attributes);
    }

    static void checkName(@Nullable String name) {
        if (name != null
                && (name.isEmpty()
                        || name.codePointCount(0, name.length()) > MAX_NAME
                        || !HashTag.isWellFormed(name))) {
            throw new InvalidArgument("name", "must be 1 to " + MAX_NAME + " characters of well-formed Unicode");
        }
    }

    static SortedSet<String> checkedScopes(Iterable<String> scopes) {
        var checked = new TreeSet<String>();
        for (var scope : scopes) {
            if (!SCOPE.matcher(scope).matches()) {
                throw new InvalidArgument("scopes", SCOPE_RULE);
            }
            checked.add(scope);
        }
        if (checked.size() > MAX_SCOPES) {
            throw new InvalidArgument("scopes", "must be at most " + MAX_SCOPES);
        }
        return Collections.unmodifiableSortedSet(checked);
    }

    static void checkAttributes(String attributes) {
        if (attributes.getBytes(StandardCharsets.UTF_8).length > MAX_ATTRIBUTES || !HashTag.isWellFormed(attributes)) {
            throw new InvalidArgument(
                    "attributes", "must take at most " + MAX_ATTRIBUTES + " bytes of well-formed Unicode");
        }
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "KeyDetails[…]";
    }
}
