// SPDX-License-Identifier: Apache-2.0
package com.example;

import dev.gatehouse.idempotency.annotation.Idempotent;
import io.micronaut.context.ApplicationContext;
import io.micronaut.serde.annotation.Serdeable;
import jakarta.inject.Singleton;

/** Handles one order twice, and prints the receipts. */
public final class OrderWorker {

    @Serdeable
    record Receipt(String order, int number) {}

    @Singleton
    static class Orders {

        private int receipts;

        @Idempotent(scope = "orders", key = "#{order}")
        Receipt pay(String order) {
            return new Receipt(order, ++receipts);
        }
    }

    private OrderWorker() {}

    public static void main(String[] arguments) {
        try (var context = ApplicationContext.run()) {
            var orders = context.getBean(Orders.class);
            System.out.println(orders.pay("order-1"));
            System.out.println(orders.pay("order-1"));
        }
    }
}
