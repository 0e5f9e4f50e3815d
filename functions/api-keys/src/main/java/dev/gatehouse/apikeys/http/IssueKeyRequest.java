// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.apikeys.IssueRequest;
import dev.gatehouse.apikeys.KeyDetails;
import dev.gatehouse.apikeys.OwnerId;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The key to issue.
 *
 * @param ownerId the owner as the caller names it; its keys and limits are found by it
 * @param name for people
 * @param prefix the beginning of the key's text; gk by default
 * @param scopes the rights of the key, each of 1 to 64 characters of A-Z a-z 0-9 . _ : * / -
 * @param attributes returned with the key; at most 4 KiB
 * @param expiresInSeconds the lifetime of the key; it lives until it is revoked by default
 * @param digest imports a key instead: the SHA-256 of its text, in hex
 */
@JsonRecord
record IssueKeyRequest(
        @Schema(example = "acme") @Size(min = 1, max = OwnerId.MAX_LENGTH)
        String ownerId,

        @Schema(example = "nightly export") @Nullable @Size(min = 1, max = KeyDetails.MAX_NAME)
        String name,

        @Schema(example = "gk")
        @Nullable
        @Pattern(regexp = "^" + IssueRequest.PREFIX_PATTERN + "$", message = IssueRequest.PREFIX_RULE)
        String prefix,

        @Nullable @Size(max = KeyDetails.MAX_SCOPES) List<String> scopes,

        @Schema(
                implementation = Object.class,
                type = "object",
                example = "{\"plan\": \"free\"}",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        @Nullable
        JsonValue attributes,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Nullable @Min(1) @Max(IssueRequest.MAX_SECONDS)
        Long expiresInSeconds,

        @Nullable @Pattern(regexp = "^[0-9a-fA-F]{64}$", message = "must be a SHA-256 of 64 hex digits")
        String digest)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        KeyDetailsJson.validateAttributes(attributes, violations);
        if (digest != null && prefix != null) {
            violations.add("prefix", "must be left out where digest is given");
        }
    }

    OwnerId owner() {
        return new OwnerId(ownerId);
    }

    String prefixOrDefault() {
        return prefix == null ? IssueRequest.DEFAULT_PREFIX : prefix;
    }

    OptionalLong lifetimeSeconds() {
        return expiresInSeconds == null ? OptionalLong.empty() : OptionalLong.of(expiresInSeconds);
    }

    /** @throws dev.gatehouse.validation.InvalidArgument if a scope is malformed, or the attributes are too large */
    KeyDetails details() {
        var json = KeyDetailsJson.attributes(attributes);
        return new KeyDetails(name, new TreeSet<>(scopes == null ? List.of() : scopes), json == null ? "{}" : json);
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "IssueKeyRequest[…]";
    }
}
