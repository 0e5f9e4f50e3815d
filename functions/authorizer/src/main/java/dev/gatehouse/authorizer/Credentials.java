// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.apikeys.PresentedKey;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.session.SessionToken;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the token of a request: in a custom header if one is set, in {@code Authorization: Bearer}, or in the cookie
 * {@value #COOKIE}. The first of these places with a well-formed token decides. If it holds two different tokens, the
 * request has none, since their origin is unknown.
 *
 * @param header the custom header; null if none is set
 */
record Credentials(@Nullable String header) {

    /**
     * A token that was found.
     *
     * @param isCookie whether a browser adds it to the requests of any page
     */
    record Found(SessionToken token, boolean isCookie) {}

    private record Place(List<String> candidates, boolean isCookie) {}

    /** The cookie's name, whose prefix restricts it to TLS and to this host. */
    static final String COOKIE = "__Host-session";

    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final String BEARER = "bearer ";

    /**
     * Returns the credentials with a custom header, or without one if {@code header} is empty.
     *
     * @throws InvalidSetting if {@code header} is not a valid header name
     */
    static Credentials parse(String setting, String header) {
        if (header.isEmpty()) {
            return new Credentials(null);
        }
        if (!HEADER.matcher(header).matches()) {
            throw new InvalidSetting(setting, "must be the name of a header");
        }
        return new Credentials(header);
    }

    /** Returns the token of {@code request}; null if there is no well-formed one. */
    @Nullable
    Found find(GatewayRequest request) {
        var headers = request.headers();
        var places = new ArrayList<Place>(3);
        if (header != null) {
            places.add(new Place(parts(headers.apply(header), ",", value -> value), false));
        }
        places.add(new Place(parts(headers.apply("Authorization"), ",", Credentials::bearer), false));
        var cookies = new ArrayList<>(headers.apply("Cookie"));
        cookies.addAll(request.cookies());
        places.add(new Place(parts(cookies, ";", Credentials::sessionCookie), true));
        for (var place : places) {
            var tokens = new LinkedHashSet<SessionToken>();
            for (var candidate : place.candidates) {
                SessionToken.parse(candidate).ifPresent(tokens::add);
            }
            if (!tokens.isEmpty()) {
                return tokens.size() == 1 ? new Found(tokens.getFirst(), place.isCookie) : null;
            }
        }
        return null;
    }

    /**
     * Returns the API key of {@code request}, in {@code X-Api-Key} or {@code Authorization: Bearer}; null if there is none, or
     * there are different ones. Only the text of a generated key with its checksum is one.
     */
    static @Nullable PresentedKey findKey(GatewayRequest request) {
        var keys = new LinkedHashSet<PresentedKey>();
        var candidates = parts(request.headers().apply("X-Api-Key"), ",", value -> value);
        candidates.addAll(parts(request.headers().apply("Authorization"), ",", Credentials::bearer));
        for (var candidate : candidates) {
            PresentedKey.parse(candidate)
                    .filter(key -> key.ownerTag().isPresent())
                    .ifPresent(keys::add);
        }
        return keys.size() == 1 ? keys.getFirst() : null;
    }

    /**
     * Returns the non-null results of {@code reading} for each part between separators. Gateways join repeated headers.
     */
    private static List<String> parts(
            List<String> values, String separator, Function<String, @Nullable String> reading) {
        var found = new ArrayList<String>();
        for (var value : values) {
            for (var part : value.split(separator, -1)) {
                var read = reading.apply(part.strip());
                if (read != null) {
                    found.add(read);
                }
            }
        }
        return found;
    }

    private static @Nullable String bearer(String credentials) {
        return credentials.toLowerCase(Locale.ROOT).startsWith(BEARER)
                ? credentials.substring(BEARER.length()).strip()
                : null;
    }

    private static @Nullable String sessionCookie(String cookie) {
        if (!cookie.startsWith(COOKIE + "=")) {
            return null;
        }
        var value = cookie.substring(COOKIE.length() + 1).strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
