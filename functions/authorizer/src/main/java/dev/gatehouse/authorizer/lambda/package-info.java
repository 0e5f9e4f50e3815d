/** The authorizer as a Lambda function: API Gateway's events in, its answers out; what is decided is decided elsewhere. */
@NullMarked
package dev.gatehouse.authorizer.lambda;

import org.jspecify.annotations.NullMarked;
