package dev.gatehouse.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with one body, as far as it was read. The first {@value #MOST} are kept: nobody mends more at once. */
final class Violations {

    private static final int MOST = 50;

    private final List<Violation> kept = new ArrayList<>();
    private int found;

    void add(String field, String message) {
        found++;
        if (kept.size() < MOST) {
            kept.add(new Violation(wellFormed(field), message));
        }
    }

    /** A name may hold half of a surrogate pair, or have been cut inside one; an answer must not. */
    private static String wellFormed(String field) {
        return new String(field.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    int found() {
        return found;
    }

    List<Violation> kept() {
        return List.copyOf(kept);
    }
}
