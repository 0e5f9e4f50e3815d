package dev.gatehouse.health.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What it is that answers.
 *
 * @param environment where it runs, such as {@code prod}
 */
record Service(String name, String version, String environment) {

    /** The version this was built as. */
    static String ownVersion() {
        var properties = new Properties();
        try (var file = Service.class.getResourceAsStream("version.properties")) {
            if (file != null) {
                properties.load(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }
}
