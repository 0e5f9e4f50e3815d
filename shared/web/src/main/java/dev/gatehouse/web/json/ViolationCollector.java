// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the violations of one body, relative to one object in it. Stores the first {@value #MAX_VIOLATIONS}, at most one of
 * each field. Not thread-safe.
 */
public final class ViolationCollector {

    private static final int MAX_VIOLATIONS = 50;
    private static final int MAX_NAME = 64;
    private static final String BODY = "body";

    private final String path;
    private final Collected collected;

    /** The violations of the whole body. */
    private static final class Collected {

        private final List<Violation> first = new ArrayList<>();
        private int count;
    }

    /** Starts to collect the violations of a body. */
    public ViolationCollector() {
        this("", new Collected());
    }

    private ViolationCollector(String path, Collected collected) {
        this.path = path;
        this.collected = collected;
    }

    /**
     * Adds a violation.
     *
     * @param member the path relative to this object, such as {@code name} or {@code headers.etag}; empty for the object itself
     * @param message the rule, never the value
     */
    public void add(String member, String message) {
        collected.count++;
        var field = wellFormed(pathOf(member));
        if (collected.first.size() < MAX_VIOLATIONS
                && collected.first.stream().noneMatch(other -> other.field().equals(field))) {
            collected.first.add(new Violation(field, message));
        }
    }

    /** Returns a collector of the same body, relative to the object {@code member}. */
    public ViolationCollector inside(String member) {
        return new ViolationCollector(path.isEmpty() ? member : path + "." + member, collected);
    }

    private String pathOf(String member) {
        if (member.isEmpty()) {
            return path.isEmpty() ? BODY : path;
        }
        return path.isEmpty() ? member : path + "." + member;
    }

    /** Returns {@code name}, cut to {@value #MAX_NAME} characters: callers may send longer ones. An empty name is quoted. */
    static String cut(String name) {
        if (name.isEmpty()) {
            return "\"\"";
        }
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + "…";
    }

    /** Replaces unpaired surrogates: a name may have one, or may have been cut inside a pair. */
    private static String wellFormed(String field) {
        return new String(field.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** Returns how many violations were added, ignored ones included. */
    int count() {
        return collected.count;
    }

    List<Violation> first() {
        return List.copyOf(collected.first);
    }

    /** Returns whether {@code member} has a violation. */
    public boolean has(String member) {
        var field = pathOf(member);
        return collected.first.stream().anyMatch(violation -> violation.field().equals(field));
    }

    /** Returns whether the whole body has none. */
    public boolean isEmpty() {
        return collected.count == 0;
    }

    /** Throws an {@link InvalidRequest} with the violations of the whole body, if there are any. */
    public void throwIfAny() {
        if (!isEmpty()) {
            throw new InvalidRequest(first());
        }
    }
}
