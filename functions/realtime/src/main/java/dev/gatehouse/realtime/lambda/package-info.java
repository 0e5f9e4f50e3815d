// SPDX-License-Identifier: Apache-2.0
/**
 * The Lambda function of a WebSocket API of API Gateway: reads its events, and delivers by posts to its management API. The
 * protocol is that of {@link dev.gatehouse.realtime.socket.SocketHandler}.
 *
 * <p>Its beans exist only where {@code gatehouse.service} is not set, so that the function of the routes has none of them.
 */
@Configuration
@Requires(env = "lambda")
@Requires(missingProperty = "gatehouse.service")
@NullMarked
package dev.gatehouse.realtime.lambda;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
