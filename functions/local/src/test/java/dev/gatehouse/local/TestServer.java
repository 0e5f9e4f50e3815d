// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Starts servers under test: on a free port, for two tenants, with timeouts that a busy machine keeps. */
public final class TestServer {

    /** The key of the tenant {@code demo}. */
    public static final String KEY = "key-of-the-tests";

    /** The key of the tenant {@code other}. */
    public static final String OTHER_KEY = "other-key-of-the-tests";

    private TestServer() {}

    /** Starts a server with further settings. */
    public static Server start(String... namesAndValues) throws IOException {
        var settings = new HashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return start(settings);
    }

    public static Server start(Map<String, String> settings) throws IOException {
        var environment = new HashMap<>(Map.of(
                "MICRONAUT_SERVER_PORT", "-1",
                "REDIS_CONNECTION_TIMEOUT", "5000",
                "REDIS_COMMAND_TIMEOUT", "5000",
                "GATEHOUSE_API_KEYS",
                        new DemoKey(KEY).setting() + " "
                                + new DemoKey(OTHER_KEY).setting().replace("demo=", "other=")));
        environment.putAll(settings);
        return Server.start(environment);
    }

    /** Returns a caller of the tenant {@code other}. */
    public static Caller otherCaller(Server server) {
        return new Caller(server.port(), OTHER_KEY);
    }

    /** Returns a caller of the tenant {@code demo}. */
    public static Caller caller(Server server) {
        return new Caller(server.port(), KEY);
    }
}
