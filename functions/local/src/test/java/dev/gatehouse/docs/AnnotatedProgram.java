// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.docs;

import dev.gatehouse.cache.annotation.Cached;
import dev.gatehouse.idempotency.annotation.Idempotent;
import dev.gatehouse.ratelimit.annotation.RateLimited;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.inject.Singleton;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the documentation's examples of annotated methods in a Micronaut program. */
final class AnnotatedProgram {

    private AnnotatedProgram() {}

    public static void main(String[] arguments) throws Exception {
        try (var program = ApplicationContext.run(EmbeddedServer.class, Map.of("micronaut.server.port", -1));
                var client = HttpClient.newHttpClient()) {
            for (int call = 0; call < 11; call++) {
                var uri = program.getURI().resolve("/docs/reports/ada");
                var response = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
                System.out.println("status " + response.statusCode());
            }
            var payments = program.getApplicationContext().getBean(Payments.class);
            var receipt = payments.pay(new Order("order-1", 100));
            System.out.println("paid once " + receipt.equals(payments.pay(new Order("order-1", 100))));
            System.out.println("paid once " + receipt.equals(payments.pay(new Order("order-2", 100))));
            var reports = program.getApplicationContext().getBean(Reports.class);
            var report = reports.report("ada", Locale.ENGLISH);
            System.out.println("cached " + report.equals(reports.report("ada", Locale.GERMAN)));
            System.out.println("cached " + report.equals(reports.report("bob", Locale.ENGLISH)));
        }
        System.out.println("end");
    }

    @Serdeable
    record Report(String customer, int run) {}

    @Serdeable
    record Order(String id, long amount) {}

    @Serdeable
    record Receipt(String order, int run) {}

    /** The origin of the values, which counts its runs. */
    @Singleton
    static class Runs {

        private final AtomicInteger runs = new AtomicInteger();

        Report of(String customer) {
            return new Report(customer, runs.incrementAndGet());
        }

        Report of(String customer, Locale locale) {
            return of(customer + " in " + locale);
        }

        Receipt pay(Order order) {
            return new Receipt(order.id(), runs.incrementAndGet());
        }
    }

    @Hidden
    @Controller("/docs")
    static class Limited {

        private final Runs reports;

        Limited(Runs reports) {
            this.reports = reports;
        }

        // example
        @Get("/reports/{customer}")
        @RateLimited(name = "reports", limit = 10, windowSeconds = 60, subject = "#{customer}")
        Report report(String customer) {
            return reports.of(customer);
        }
        // end
    }

    @Singleton
    static class Payments {

        private final Runs bank;

        Payments(Runs bank) {
            this.bank = bank;
        }

        // example
        @Idempotent(scope = "payments", key = "#{order.id}", fingerprint = "#{order.amount}")
        Receipt pay(Order order) {
            return bank.pay(order);
        }
        // end
    }

    @Singleton
    static class Reports {

        private final Runs reports;

        Reports(Runs reports) {
            this.reports = reports;
        }

        // example
        @Cached(
                scope = "reports",
                key = "#{customer}",
                tags = {"customer-#{customer}"},
                freshSeconds = 60,
                staleSeconds = 600)
        Report report(String customer, Locale locale) {
            return reports.of(customer, locale);
        }
        // end
    }
}
