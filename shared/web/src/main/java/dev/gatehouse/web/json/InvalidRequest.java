// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import java.util.List;

/** Thrown for a request that breaks the rules of its operation. The response is a 400 {@code invalid-request}. */
public final class InvalidRequest extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Violation> violations;

    /**
     * Creates the exception.
     *
     * @param violations at least one
     */
    public InvalidRequest(List<Violation> violations) {
        super("the request is invalid", null, false, false);
        this.violations = List.copyOf(violations);
    }

    public InvalidRequest(String field, String message) {
        this(List.of(new Violation(field, message)));
    }

    public List<Violation> violations() {
        return violations;
    }
}
