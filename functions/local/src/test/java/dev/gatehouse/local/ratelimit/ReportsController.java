// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import dev.gatehouse.ratelimit.annotation.RateLimited;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;

/** A route of an application, which allows each customer two reports an hour. */
@Controller("/reports")
class ReportsController {

    @Get
    @RateLimited(name = "reports", limit = 2, windowSeconds = 3600, subject = "#{customer}")
    String report(@QueryValue String customer) {
        return "a report for " + customer;
    }
}
