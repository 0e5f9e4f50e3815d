// SPDX-License-Identifier: Apache-2.0
package com.example;

import dev.gatehouse.idempotency.annotation.Idempotent;
import dev.gatehouse.ratelimit.annotation.RateLimited;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import java.util.concurrent.atomic.AtomicInteger;

@Controller("/orders")
@Produces(MediaType.TEXT_PLAIN)
class OrderController {

    private final AtomicInteger orders = new AtomicInteger();

    @Get("/{customer}")
    @RateLimited(name = "orders", limit = 1, windowSeconds = 3600, subject = "#{customer}")
    String list(String customer) {
        return "orders of " + customer;
    }

    @Post
    @Idempotent
    HttpResponse<String> create() {
        return HttpResponse.created("order " + orders.incrementAndGet());
    }
}
