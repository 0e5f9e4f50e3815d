package dev.gatehouse.authorizer;

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
 * Where a request's token is: in a header of the team's own if one is set, in {@code Authorization: Bearer}, or in the
 * cookie {@value #COOKIE}; in this order, the first place that holds something of a token's form. A place that holds two
 * different ones holds none, and nor does the request: who joined them is not known.
 *
 * @param header null: there is none of the team's own
 */
record Credentials(@Nullable String header) {

    /** By its prefix browsers take it over TLS only, for this host only. */
    static final String COOKIE = "__Host-session";

    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final String BEARER = "bearer ";

    /** @throws InvalidSetting if {@code header} can be no header's name; empty: there is none of the team's own */
    static Credentials parse(String setting, String header) {
        if (header.isEmpty()) {
            return new Credentials(null);
        }
        if (!HEADER.matcher(header).matches()) {
            throw new InvalidSetting(setting, "must be the name of a header");
        }
        return new Credentials(header);
    }

    /**
     * The token; null if there is none that could be one.
     *
     * @param headers all values of the header of a name, whose case does not matter
     * @param others cookies beside those in the headers
     */
    @Nullable
    SessionToken tokenOf(Function<String, List<String>> headers, List<String> others) {
        var places = new ArrayList<List<String>>(3);
        if (header != null) {
            places.add(parts(headers.apply(header), ",", value -> value));
        }
        places.add(parts(headers.apply("Authorization"), ",", Credentials::bearer));
        var cookies = new ArrayList<>(headers.apply("Cookie"));
        cookies.addAll(others);
        places.add(parts(cookies, ";", Credentials::sessionCookie));
        for (var place : places) {
            var tokens = new LinkedHashSet<SessionToken>();
            for (var candidate : place) {
                SessionToken.parse(candidate).ifPresent(tokens::add);
            }
            if (!tokens.isEmpty()) {
                return tokens.size() == 1 ? tokens.getFirst() : null;
            }
        }
        return null;
    }

    /** What {@code reading} finds between the separators; gateways join what came several times. */
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
