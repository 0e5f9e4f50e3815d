// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.function.aws.DefaultLambdaContextFactory;
import io.micronaut.function.aws.LambdaContextFactory;
import jakarta.inject.Singleton;

/**
 * Registers no beans for an invocation. Micronaut's own factory registers singletons on every invocation and never removes
 * them, so that memory and latency grow.
 */
@Singleton
@Replaces(DefaultLambdaContextFactory.class)
final class LambdaContexts implements LambdaContextFactory {

    @Override
    public void registerSingletons(Context lambda) {
        // The invocation is a scoped value.
    }
}
