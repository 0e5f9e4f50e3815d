// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.method;

import io.micronaut.core.type.Argument;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A source of the results of one method call, such as a cache. It runs the method if it has no result. */
public interface ResultSource {

    /**
     * Returns the result; empty for a null. May run the method on this thread.
     *
     * @throws Exception if the method throws it, or there is no result
     */
    <T> Optional<T> get(Argument<T> type, Callable<Optional<T>> method) throws Exception;

    /**
     * Returns the result; empty for a null. Does not block.
     *
     * @param method starts the method on another thread
     */
    <T> CompletionStage<Optional<T>> getLater(Argument<T> type, Supplier<CompletionStage<T>> method);
}
