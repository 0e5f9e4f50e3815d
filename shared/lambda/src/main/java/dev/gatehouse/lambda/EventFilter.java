// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.web.CommonHeadersFilter;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/** Sets the request id of the log, and rejects a malformed event. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class EventFilter {

    @RequestFilter
    @Nullable
    HttpResponse<?> check(HttpRequest<?> request) {
        CurrentRequest.begin(CommonHeadersFilter.idOf(request).value());
        var problem = Invocation.currentProblem();
        return problem == null ? null : problem.response();
    }
}
