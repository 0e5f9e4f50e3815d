// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

/** A {@link JsonRecord} with rules across its members. */
public interface Validatable {

    /**
     * Adds a violation for each broken rule. Called also if members are invalid by themselves, so that all violations are
     * reported at once: an invalid member is null, or empty, 0 or false if it cannot be null. A second violation of the
     * same member is ignored.
     */
    void validate(ViolationCollector violations);
}
