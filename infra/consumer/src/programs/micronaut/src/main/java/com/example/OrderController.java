// SPDX-License-Identifier: Apache-2.0
package com.example;

import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.Invalidation;
import dev.gatehouse.cache.annotation.Cached;
import dev.gatehouse.idempotency.annotation.Idempotent;
import dev.gatehouse.ratelimit.annotation.RateLimited;
import dev.gatehouse.redis.Deadline;
import io.micronaut.cache.annotation.CacheInvalidate;
import io.micronaut.cache.annotation.Cacheable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

@Controller("/orders")
@Produces(MediaType.TEXT_PLAIN)
class OrderController {

    private final AtomicInteger orders = new AtomicInteger();
    private final AtomicInteger reports = new AtomicInteger();
    private final AtomicInteger summaries = new AtomicInteger();
    private final CachedExecutor cached;

    OrderController(CachedExecutor cached) {
        this.cached = cached;
    }

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

    @Get("/{customer}/report")
    @Cacheable("reports")
    String report(String customer) {
        return "report " + reports.incrementAndGet() + " of " + customer;
    }

    @Post("/{customer}/changed")
    @CacheInvalidate("reports")
    void changed(String customer) {}

    @Get("/{customer}/summary")
    @Cached(scope = "summaries", tags = "customer-#{customer}", freshSeconds = 60, staleSeconds = 600)
    String summary(String customer) {
        return "summary " + summaries.incrementAndGet() + " of " + customer;
    }

    @Post("/{customer}/changed-by-tag")
    CompletionStage<HttpResponse<?>> changedByTag(String customer) {
        var tag = new Invalidation(Optional.of("summaries"), List.of(), Set.of("customer-" + customer), false, false);
        return cached.invalidate("app", tag, Deadline.in(Duration.ofSeconds(2)))
                .thenApply(_ -> HttpResponse.noContent());
    }
}
