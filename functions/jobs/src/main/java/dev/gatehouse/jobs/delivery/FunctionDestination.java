// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.config.EnvironmentVariables;
import dev.gatehouse.redis.config.InvalidSetting;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Lambda function, invoked with the credentials of this process. {@code AWS_ENDPOINT_URL_LAMBDA} or {@code AWS_ENDPOINT_URL}
 * replaces the default endpoint.
 *
 * @param uri the address of its invocations
 * @param region the region of the function
 */
record FunctionDestination(URI uri, String region, AwsIdentity identity) implements Destination {

    private static final String REGION = "AWS_REGION";

    /** A name or an ARN, with or without a version or an alias. */
    private static final Pattern FUNCTION =
            Pattern.compile("(?:arn:(aws[a-z-]*):lambda:([a-z0-9-]+):\\d{12}:function:)?[A-Za-z0-9_-]{1,64}"
                    + "(?::(?:\\$LATEST|[A-Za-z0-9_-]{1,128}))?");

    /**
     * Reads the name or ARN of a function. A name is that of a function in the region of this process.
     *
     * @param setting the name of the setting, for the error
     * @throws InvalidSetting if {@code text} is neither, or if the region or the endpoint is missing or malformed
     */
    static FunctionDestination parse(String setting, String text, Map<String, String> environment) {
        var matcher = FUNCTION.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidSetting(setting, "must be the name or the ARN of a Lambda function");
        }
        var variables = new EnvironmentVariables(environment);
        var region = matcher.group(2) == null ? ownRegion(setting, variables) : matcher.group(2);
        var uri = URI.create(endpoint(region, variables) + "/2015-03-31/functions/"
                + URLEncoder.encode(text, StandardCharsets.US_ASCII) + "/invocations");
        return new FunctionDestination(uri, region, AwsIdentity.of(environment));
    }

    private static String ownRegion(String setting, EnvironmentVariables variables) {
        return Stream.of(REGION, "AWS_DEFAULT_REGION")
                .map(variables::text)
                .filter(text -> text != null && text.matches("[a-z0-9-]+"))
                .findFirst()
                .orElseThrow(() -> new InvalidSetting(setting, "needs an ARN, or " + REGION + " for a name"));
    }

    private static String endpoint(String region, EnvironmentVariables variables) {
        for (var name : new String[] {"AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"}) {
            var text = variables.text(name);
            if (text != null) {
                return checked(name, text.replaceFirst("/+$", ""));
            }
        }
        return "https://lambda." + region + (region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
    }

    private static String checked(String name, String text) {
        try {
            var url = new URI(text);
            boolean isHttp = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (isHttp && url.getHost() != null && url.getQuery() == null && url.getFragment() == null) {
                return text;
            }
        } catch (URISyntaxException _) {
            // Reported below, like another scheme.
        }
        throw new InvalidSetting(name, "must be a URL of https or http");
    }

    @Override
    public JobTarget open() {
        identity.refresh();
        return new FunctionTarget(this, InstantSource.system());
    }
}
