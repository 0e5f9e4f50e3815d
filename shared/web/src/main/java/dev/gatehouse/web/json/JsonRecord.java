// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import io.micronaut.core.annotation.Introspected;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record that {@link JsonBinder} reads from a request's body. A controller takes it as an ordinary argument. The
 * response to an invalid body is a 400, and the controller is not called.
 *
 * <pre>{@code
 * @JsonRecord
 * record ReserveRequest(
 *         @Pattern(regexp = "[a-z]{1,64}", message = "must be 1 to 64 characters of a-z") String event,
 *         @Bindable(defaultValue = "1") @Min(1) @Max(20) long seats,
 *         @Nullable @Size(min = 1, max = 3) String row)
 *         implements Validatable {
 *
 *     @Override
 *     public void validate(ViolationCollector violations) {
 *         if (row != null && seats > 10) {
 *             violations.add("row", "must be left out for more than 10 seats");
 *         }
 *     }
 * }
 *
 * @Post("/reservations")
 * CompletionStage<HttpResponse<?>> reserve(Tenant tenant, @Body ReserveRequest request) { … }
 * }</pre>
 *
 * <p>Components may be String, long, int, boolean and their wrappers, enums (written in lower case, with {@code -} for
 * {@code _}), other such records, {@link JsonValue} for any value, and lists and string-keyed maps of these. A component is
 * required unless it is {@code @Nullable} or has a default; a component of a record type marked {@code @JsonUnwrapped}
 * takes its members from the same object. The constraints {@code @Min}, {@code @Max}, {@code @Size} and
 * {@code @Pattern} are checked here and described in OpenAPI; others fail at the first use.
 *
 * <p>A controller can take a sealed interface of such records, too: the body is the first permitted record one of whose
 * required members it has, otherwise the last one.
 */
@Documented
@Introspected
@Schema(additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface JsonRecord {}
