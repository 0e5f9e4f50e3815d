// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The origins whose pages may send unsafe requests with a cookie. A browser adds a cookie to the requests of any page, so a
 * cookie alone does not show that the user's own page sent the request.
 *
 * @param exact origins as browsers send them
 * @param parents origins with {@code *} in place of the first label of their host
 */
record AllowedOrigins(Set<String> exact, Set<String> parents) {

    private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
    private static final Pattern ORIGIN = Pattern.compile("https?://(?:\\*\\.)?(?:" + LABEL + "\\.)*" + LABEL
            + "(?::[0-9]{1,5})?|https?://\\[[0-9a-f:.]+](?::[0-9]{1,5})?");
    private static final Pattern FIRST_LABEL = Pattern.compile("(?<=://)" + LABEL + "(?=\\.)");

    /**
     * Parses origins, separated by commas: {@code https://app.example}, or {@code https://*.example} for any one label in
     * place of {@code *}. An empty text allows none.
     *
     * @throws InvalidSetting if {@code text} is malformed
     */
    static AllowedOrigins parse(String setting, String text) {
        var exact = new HashSet<String>();
        var parents = new HashSet<String>();
        for (var word : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            var origin = word.strip().toLowerCase(Locale.ROOT);
            if (!ORIGIN.matcher(origin).matches()) {
                throw new InvalidSetting(
                        setting,
                        "must be origins such as https://app.example or https://*.example, without a path, not \""
                                + word.strip() + "\"");
            }
            var _ = (origin.contains("*") ? parents : exact).add(withoutDefaultPort(origin));
        }
        return new AllowedOrigins(Set.copyOf(exact), Set.copyOf(parents));
    }

    /** Browsers leave out the default port. */
    private static String withoutDefaultPort(String origin) {
        return origin.replaceFirst("^(https:.*):443$|^(http:.*):80$", "$1$2");
    }

    boolean isEmpty() {
        return exact.isEmpty() && parents.isEmpty();
    }

    /**
     * Returns whether a cookie opens {@code request}: if the request is safe or its {@code Origin} is allowed. Without
     * {@code Origin}, {@code Sec-Fetch-Site} must exclude other origins.
     */
    boolean allow(GatewayRequest request) {
        if (request.isSafe()) {
            return true;
        }
        if (isEmpty()) {
            return false;
        }
        var origins = request.headers().apply("Origin");
        return origins.isEmpty()
                ? isOwn(request.headers().apply("Sec-Fetch-Site"))
                : origins.stream().allMatch(this::contains);
    }

    private static boolean isOwn(List<String> sites) {
        return !sites.isEmpty() && sites.stream().allMatch(site -> site.equals("same-origin") || site.equals("none"));
    }

    private boolean contains(String origin) {
        return exact.contains(origin)
                || parents.contains(FIRST_LABEL.matcher(origin).replaceFirst("*"));
    }
}
