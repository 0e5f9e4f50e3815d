// SPDX-License-Identifier: Apache-2.0
package com.example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.batch.IdempotentBatch;

/** Ships the orders of a queue once, without Micronaut. */
// example
public final class ShippingHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {

    private final IdempotentBatch orders = IdempotentBatch.over(IdempotentExecutor.fromEnvironment(), "orders");

    @Override
    public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
        return orders.sqs(event, context)
                .withKey(SQSEvent.SQSMessage::getBody)
                .process(message -> Carrier.ship(message.getBody()));
    }
}
// end
