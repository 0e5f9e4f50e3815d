// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.DeclaredPolicies;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonBinder;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Policies in JSON, such as {@code {"policies": {"free-plan": {"limit": 100, "windowSeconds": 60}}}}. Each has the members of the
 * request that stores a policy.
 *
 * @param policies the policies of all tenants, by name
 * @param tenants the policies of single tenants, by tenant and name, which replace those of all
 */
@JsonRecord
public record PolicyDocument(
        @Bindable(defaultValue = "{}") Map<String, PolicyRequest> policies,
        @Bindable(defaultValue = "{}") Map<String, Map<String, PolicyRequest>> tenants)
        implements Validatable {

    /** The name of the setting. */
    public static final String SETTING = "GATEHOUSE_POLICIES";

    private static final String FILE = "file:";
    private static final int MAX_REPORTED = 5;

    /**
     * Parses the value of {@link #SETTING}: a document, or {@code file:} and the path of one.
     *
     * @param value null or blank if the setting is unset
     * @throws InvalidSetting if the document is invalid; names the policies and members
     */
    public static DeclaredPolicies parse(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return DeclaredPolicies.NONE;
        }
        var text = value.strip();
        return text.startsWith(FILE)
                ? read(SETTING, text.substring(FILE.length()))
                : bind(SETTING, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the document in a file.
     *
     * @param source the setting or argument that names the file, for the message
     * @throws InvalidSetting if the file cannot be read or the document is invalid
     */
    public static DeclaredPolicies read(String source, String path) {
        try {
            return bind(source, Files.readAllBytes(Path.of(path)));
        } catch (IOException | InvalidPathException _) {
            throw new InvalidSetting(source, "cannot be read: " + path);
        }
    }

    private static DeclaredPolicies bind(String source, byte[] json) {
        try {
            var document = JsonBinder.bind(PolicyDocument.class, json);
            var own = new HashMap<String, Map<String, Limit>>();
            document.tenants.forEach((tenant, policies) -> own.put(tenant, limits(policies)));
            return new DeclaredPolicies(limits(document.policies), own);
        } catch (InvalidRequest invalid) {
            throw new InvalidSetting(
                    source,
                    invalid.violations().stream()
                            .limit(MAX_REPORTED)
                            .map(violation -> violation.field() + " " + violation.message())
                            .collect(Collectors.joining("; ", "has invalid policies: ", "")));
        } catch (IllegalArgumentException tooMany) {
            throw new InvalidSetting(source, "has " + tooMany.getMessage());
        }
    }

    private static Map<String, Limit> limits(Map<String, PolicyRequest> policies) {
        var limits = new HashMap<String, Limit>();
        policies.forEach((name, policy) -> limits.put(name, policy.toLimit(name)));
        return limits;
    }

    @Override
    public void validate(ViolationCollector violations) {
        requireNames(policies, violations.inside("policies"));
        tenants.forEach(
                (tenant, own) -> requireNames(own, violations.inside("tenants").inside(tenant)));
    }

    private static void requireNames(Map<String, PolicyRequest> policies, ViolationCollector violations) {
        for (var name : policies.keySet()) {
            if (!Policies.isName(name)) {
                violations.add(name, Policies.NAME_RULE);
            }
        }
    }
}
