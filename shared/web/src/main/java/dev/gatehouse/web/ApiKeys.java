// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates by API keys, of which only the SHA-256 is configured. A tenant may have several, for rotation and with
 * different rights.
 */
final class ApiKeys implements Authentication {

    private static final String SETTING = "GATEHOUSE_API_KEYS";
    private static final String BEARER = "bearer ";
    private static final Pattern ENTRY = Pattern.compile("[^,\\s]+");
    private static final Pattern PARTS = Pattern.compile("([^=/]*)(?:/([^=]*))?=([^:]*)(?::(.*))?");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

    private static final class Key {

        private final Caller caller;
        private final byte[] digest;

        private Key(Caller caller, byte[] digest) {
            this.caller = caller;
            this.digest = digest;
        }
    }

    private final List<Key> keys;
    /** A cache of valid keys, since hashing a key takes a microsecond. Bounded by the number of configured keys. */
    private final Map<String, Caller> callers = new ConcurrentHashMap<>();

    private ApiKeys(List<Key> keys) {
        this.keys = keys;
    }

    /**
     * Reads {@code tenant=sha256hex,…}. The name of a key may follow its tenant after {@code /}, and its rights its digest
     * after {@code :}, joined by {@code +}. A key without rights may call every route.
     *
     * @throws InvalidSetting if there is none, or one is malformed or repeated, or a right is unknown
     */
    static ApiKeys parse(@Nullable String setting) {
        var keys = new ArrayList<Key>();
        for (var entries = ENTRY.matcher(setting == null ? "" : setting); entries.find(); ) {
            var key = key(entries.group(), keys.size() + 1);
            if (keys.stream().anyMatch(earlier -> MessageDigest.isEqual(earlier.digest, key.digest))) {
                throw new InvalidSetting(SETTING, "has the digest of an earlier key in entry " + (keys.size() + 1));
            }
            keys.add(key);
        }
        if (keys.isEmpty()) {
            throw new InvalidSetting(SETTING, "is not set; give it tenant=<SHA-256 of an API key in hex>,…");
        }
        return new ApiKeys(List.copyOf(keys));
    }

    private static Key key(String entry, int position) {
        var parts = PARTS.matcher(entry);
        var tenant = parts.matches() ? Tenant.named(parts.group(1)) : null;
        if (tenant == null) {
            throw new InvalidSetting(SETTING, "has no tenant name of a-z 0-9 - before the = of entry " + position);
        }
        var name = parts.group(2);
        if (name != null && !NAME.matcher(name).matches()) {
            throw new InvalidSetting(SETTING, "has no key name of a-z 0-9 - after the / of entry " + position);
        }
        var digest = parts.group(3);
        if (!DIGEST.matcher(digest).matches()) {
            throw new InvalidSetting(SETTING, "has no SHA-256 of 64 hex digits after the = of entry " + position);
        }
        var rights = parts.group(4) == null
                ? null
                : Set.copyOf(List.of(parts.group(4).split("\\+", -1)));
        if (rights != null && !Caller.RIGHTS.containsAll(rights)) {
            throw new InvalidSetting(
                    SETTING,
                    "has something other than rights, joined by +, after the : of entry " + position + "; rights are "
                            + String.join(", ", new TreeSet<>(Caller.RIGHTS)));
        }
        return new Key(new Caller(tenant, name, rights), HexFormat.of().parseHex(digest));
    }

    @Override
    public @Nullable Caller callerOf(HttpRequest<?> request) {
        var key = keyOf(request);
        if (key == null || key.isEmpty()) {
            return null;
        }
        var caller = callers.get(key);
        if (caller == null) {
            caller = callerOf(Sha256.of(key.getBytes(StandardCharsets.UTF_8)));
            if (caller != null) {
                callers.put(key, caller);
            }
        }
        return caller;
    }

    /** Compares with every key, so that the time taken reveals nothing. */
    private @Nullable Caller callerOf(byte[] digest) {
        Caller found = null;
        for (var key : keys) {
            found = MessageDigest.isEqual(key.digest, digest) ? key.caller : found;
        }
        return found;
    }

    private static @Nullable String keyOf(HttpRequest<?> request) {
        var authorization = singleHeader(request, HttpHeaders.AUTHORIZATION);
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length()).strip();
        }
        return singleHeader(request, "X-Api-Key");
    }

    /** Returns the header {@code name}; null if it is sent twice, as proxies differ in which one counts. */
    private static @Nullable String singleHeader(HttpRequest<?> request, String name) {
        var given = request.getHeaders().getAll(name);
        return given.size() == 1 ? given.getFirst() : null;
    }

    @Override
    public String advice() {
        return "Send a valid API key as Authorization: Bearer <key> or X-Api-Key: <key>.";
    }
}
