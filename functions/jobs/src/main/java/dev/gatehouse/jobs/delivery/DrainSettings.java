// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.aws.SecretsManager;
import dev.gatehouse.redis.config.EnvironmentVariables;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.validation.InvalidArgument;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a drain: the queues to take jobs from, and the target to deliver them to.
 *
 * @param tenant the tenant of the queues: that of the API key that enqueues
 * @param queues at least one
 * @param destination the URL that each job is posted to, or the function that is invoked for each
 * @param atOnce the number of jobs that are delivered at once
 * @param timeout the time limit of each delivery
 */
public record DrainSettings(
        String tenant, List<QueueName> queues, Destination destination, int atOnce, Duration timeout) {

    public static final String TARGET = "GATEHOUSE_JOBS_TARGET";
    public static final String FUNCTION = "GATEHOUSE_JOBS_TARGET_FUNCTION";
    public static final String SECRET = "GATEHOUSE_JOBS_SECRET";
    public static final String QUEUES = "GATEHOUSE_JOBS_QUEUES";
    private static final String TENANT = "GATEHOUSE_TENANT";
    private static final String AT_ONCE = "GATEHOUSE_JOBS_AT_ONCE";
    private static final String TIMEOUT = "GATEHOUSE_JOBS_TIMEOUT_SECONDS";

    private static final int MAX_QUEUES = 100;

    public DrainSettings {
        queues = List.copyOf(queues);
    }

    /**
     * Reads the settings from {@code environment}, usually {@link System#getenv()}.
     *
     * @return empty if no target is set
     * @throws InvalidSetting if a setting is malformed, a target is set without queues, a URL without a secret, or settings of a
     *     URL beside a function
     */
    public static Optional<DrainSettings> from(Map<String, String> environment) {
        var variables = new EnvironmentVariables(environment);
        if (variables.text(TARGET) == null && variables.text(FUNCTION) == null) {
            return Optional.empty();
        }
        var tenant = Optional.ofNullable(variables.text(TENANT)).orElse("default");
        return Optional.of(new DrainSettings(
                tenant,
                queues(required(variables, QUEUES)),
                destination(variables),
                variables.integer(AT_ONCE, 8, 1, 20),
                Duration.ofSeconds(variables.integer(TIMEOUT, 10, 1, 600))));
    }

    /** Returns the error of a drain without a target. */
    public static InvalidSetting noTarget() {
        return new InvalidSetting(TARGET, "is missing: a drain needs the URL that it posts jobs to, or " + FUNCTION);
    }

    private static Destination destination(EnvironmentVariables variables) {
        @Nullable String function = variables.text(FUNCTION);
        if (function == null) {
            return new WebhookDestination(
                    url(required(variables, TARGET)), secret(required(variables, SECRET), variables.variables()));
        }
        for (var name : List.of(TARGET, SECRET)) {
            if (variables.text(name) != null) {
                throw new InvalidSetting(name, "contradicts " + FUNCTION + ": set one of them");
            }
        }
        return FunctionDestination.parse(FUNCTION, function, variables.variables());
    }

    private static String required(EnvironmentVariables variables, String name) {
        @Nullable String text = variables.text(name);
        if (text == null) {
            throw new InvalidSetting(name, "is missing: a drain needs a target and queues, and for a URL a secret");
        }
        return text;
    }

    private static List<QueueName> queues(String text) {
        try {
            var names =
                    Stream.of(text.split("\\s+")).distinct().map(QueueName::of).toList();
            if (names.size() <= MAX_QUEUES) {
                return names;
            }
        } catch (InvalidArgument _) {
            // Reported below, like too many.
        }
        throw new InvalidSetting(
                QUEUES,
                "must be 1 to " + MAX_QUEUES + " names of queues with spaces between them, each of 1 to "
                        + QueueName.MAX_LENGTH + " visible ASCII characters");
    }

    private static URI url(String text) {
        try {
            var url = new URI(text);
            boolean isHttp = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (isHttp && url.getHost() != null && url.getUserInfo() == null && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException _) {
            // Reported below, like another scheme.
        }
        throw new InvalidSetting(TARGET, "must be a URL of https or http without a user");
    }

    private static Supplier<WebhookSecret> secret(String text, Map<String, String> environment) {
        if (!SecretsManager.isArn(text)) {
            var secret = WebhookSecret.parse(SECRET, text);
            return () -> secret;
        }
        return () -> read(text, environment);
    }

    private static WebhookSecret read(String arn, Map<String, String> environment) {
        var identity = AwsIdentity.of(environment);
        try {
            return WebhookSecret.parse(
                    "the secret in " + SECRET,
                    SecretsManager.of(identity, environment).text(arn, "secret"));
        } catch (AwsFailure e) {
            throw new InvalidSetting(SECRET, "names a secret that cannot be read: " + e.getMessage());
        }
    }

    /** Leaves out the target, which may contain a token, and the queues. */
    @Override
    public String toString() {
        return "DrainSettings[…]";
    }
}
