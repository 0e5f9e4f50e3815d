// SPDX-License-Identifier: Apache-2.0
/**
 * The Lambda function of the authorizer: reads API Gateway events and writes its responses. It makes no decisions itself,
 * and depends on Lambda's types.
 */
@NullMarked
package dev.gatehouse.authorizer.lambda;

import org.jspecify.annotations.NullMarked;
