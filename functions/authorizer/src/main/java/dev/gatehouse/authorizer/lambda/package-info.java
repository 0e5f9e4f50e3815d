/**
 * The Lambda function of the authorizer: reads API Gateway events and writes its responses. It makes no decisions
 * itself.
 */
@NullMarked
package dev.gatehouse.authorizer.lambda;

import org.jspecify.annotations.NullMarked;
