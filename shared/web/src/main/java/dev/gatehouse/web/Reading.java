package dev.gatehouse.web;

import java.util.List;

/** What came of reading a request's body. */
public sealed interface Reading<T> {

    /** The body is sound and says {@code value}. */
    record Read<T>(T value) implements Reading<T> {}

    /** The body cannot be taken for a {@code T}, for at least one reason. */
    record Faulty<T>(List<Violation> violations) implements Reading<T> {}
}
