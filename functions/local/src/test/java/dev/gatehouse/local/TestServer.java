package dev.gatehouse.local;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Starts servers under test: on a free port, for two tenants, with timeouts that a busy machine keeps. */
final class TestServer {

    /** The key of the tenant {@code demo}. */
    static final DemoKey KEY = new DemoKey("key-of-the-tests");

    /** The key of the tenant {@code other}. */
    static final String OTHER_KEY = "other-key-of-the-tests";

    private TestServer() {}

    /** Starts a server with further settings. */
    static Server start(String... namesAndValues) throws IOException {
        var settings = new HashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return start(settings);
    }

    static Server start(Map<String, String> settings) throws IOException {
        var environment = new HashMap<>(Map.of(
                "MICRONAUT_SERVER_PORT", "-1",
                "REDIS_CONNECTION_TIMEOUT", "5000",
                "REDIS_COMMAND_TIMEOUT", "5000",
                "GATEHOUSE_API_KEYS",
                        KEY.setting() + " " + new DemoKey(OTHER_KEY).setting().replace("demo=", "other=")));
        environment.putAll(settings);
        return Server.start(environment);
    }

    /** Returns a caller of the tenant {@code demo}. */
    static Caller caller(Server server) {
        return new Caller(server.port(), KEY.value());
    }
}
