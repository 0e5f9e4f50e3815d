package dev.gatehouse.local;

import dev.gatehouse.redis.config.EnvironmentVariables;
import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.http.HttpRequest;
import java.util.Map;

/**
 * The proxies in front of the server. Each appends the address of its caller to {@code X-Forwarded-For}; what precedes
 * their entries may be forged.
 *
 * @param count 0 to trust no header
 */
record TrustedProxies(int count) {

    private static final String SETTING = "GATEHOUSE_TRUSTED_PROXIES";
    private static final String HEADER = "X-Forwarded-For";

    /**
     * Reads the setting.
     *
     * @throws InvalidSetting if it is not a number from 0 to 10
     */
    static TrustedProxies from(Map<String, String> environment) {
        return new TrustedProxies(new EnvironmentVariables(environment).integer(SETTING, 0, 0, 10));
    }

    /**
     * Returns the client's address: the first of the proxies' entries. If there are fewer entries than proxies, or none is
     * trusted, the address of the connection.
     */
    String clientAddress(HttpRequest<?> request) {
        var entries = String.join(",", request.getHeaders().getAll(HEADER)).split(",", -1);
        var entry = count == 0 || entries.length < count ? "" : entries[entries.length - count].strip();
        return entry.isEmpty() ? request.getRemoteAddress().getAddress().getHostAddress() : entry;
    }
}
