// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import io.micronaut.context.annotation.Property;
import io.micronaut.context.env.Environment;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The name, version and environment of this service. */
@Singleton
final class ServiceInfo {

    final String name;
    final String version;

    /** The deployment environment, such as {@code prod}. */
    final String environment;

    ServiceInfo(
            Environment environment,
            @Property(name = "micronaut.application.name", defaultValue = "gatehouse") String name,
            @Nullable @Property(name = "gatehouse.environment") String configured) {
        var onLambda = environment.getActiveNames().contains(Environment.FUNCTION);
        this.name = name;
        this.version = builtVersion();
        this.environment = configured != null ? configured : onLambda ? "lambda" : "local";
    }

    private static String builtVersion() {
        var properties = new Properties();
        try (var file = ServiceInfo.class.getResourceAsStream("/META-INF/build-info.properties")) {
            if (file != null) {
                properties.load(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("build.version", "unknown");
    }
}
